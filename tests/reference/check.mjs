// Opens every service, looks for operations and tries them, and sees to it that nothing is fetched from elsewhere.
// check.mjs PROGRAM CHROMIUM FOLDER: the program otcdb, the browser, and where the screenshots go
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

// What is tried of each service: what to search for, and the operation that is found.
const TRIED = {
  dcs: [["listinstances", "ListInstances"], ["list configuration parameters", "ListConfigurations"]],
  iam: [["v3/projects", "KeystoneListProjects"]],
  rds: [["ListInstances", "ListInstances"], ["/backups/policy", "ShowBackupPolicy"]],
};

const [program, executablePath, folder] = process.argv.slice(2);
const cloud = spawn(program, ["simulate", "--output", "json"], { stdio: ["ignore", "pipe", "ignore"] });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const { value: line } = await createInterface({ input: cloud.stdout })[Symbol.asyncIterator]().next();
  const { url, services } = JSON.parse(line);
  assert.deepEqual(Object.keys(services), Object.keys(TRIED));
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  const hosts = Object.values(services).map((service) => new URL(service).host);
  const [elsewhere, errors] = [[], []];
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (!["data:", "blob:"].includes(to.protocol) && !hosts.includes(to.host)) elsewhere.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  for (const [service, tries] of Object.entries(TRIED)) {
    await page.getByRole("button", { name: service, exact: true }).click();
    await page.locator(`.info a[href="${services[service]}/openapi/${service}.json"]`).waitFor();
    await page.getByRole("button", { name: "Authorize" }).locator("svg.locked").or(page.locator(".authorize.locked")).first().waitFor();
    const all = await page.locator(".opblock").count();
    const described = await (await fetch(`${services[service]}/openapi/${service}.json`)).json();
    const operations = Object.values(described.paths).flatMap((path) => Object.values(path).filter((one) => one.operationId));
    assert.equal(all, operations.length, `${service}: operations that are shown`);
    await page.screenshot({ path: `${folder}/${service}.png` });
    for (const [phrase, operation] of tries) {
      await page.locator(".operation-filter-input").fill(phrase);
      const summary = page.locator(".opblock-summary-operation-id", { hasText: new RegExp(`^${operation}$`) });
      const found = page.locator(".opblock", { has: summary });
      await page.waitForFunction((before) => document.querySelectorAll(".opblock").length < before, all);
      await found.waitFor().catch(() => assert.fail(`${service}: "${phrase}" does not find ${operation}`));
      await found.locator(".opblock-summary-control").click();
      const status = found.locator(".live-responses-table tbody .response-col_status").first();
      // A page that is still being laid out loses a click now and then.
      for (let left = 4; left > 0 && !(await status.isVisible()); left -= 1) {
        await found.getByRole("button", { name: "Execute" }).click();
        await status.waitFor({ timeout: 10_000 }).catch(() => {});
      }
      await status.waitFor({ timeout: 10_000 });
      const shown = (await status.innerText()).trim();
      await found.screenshot({ path: `${folder}/${service}-${operation}.png` });
      assert.match(shown, /^200/, `${service}: ${operation} answers ${shown}`);
      console.log(`${service}: ${all} operations; "${phrase}" finds ${operation}, which answers ${shown.slice(0, 3)}`);
    }
  }
  assert.deepEqual(elsewhere, [], "fetched from elsewhere");
  assert.deepEqual(errors, [], "errors in the page");
} finally {
  await browser.close();
  cloud.kill("SIGINT");
}
