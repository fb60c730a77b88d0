// Opens every service, looks for operations, tries each as it is filled in, and sees to it that nothing is fetched from elsewhere.
// check.mjs PROGRAM CHROMIUM FOLDER: the program otcdb, the browser, and where the screenshots go
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

// What to search for, and the operation that is found.
const SEARCHES = {
  dcs: [["listinstances", "ListInstances"], ["list configuration parameters", "ListConfigurations"]],
  dds: [["/auditlog-policy", "ShowAuditlogPolicy"]],
  gaussdb: [["show", "ShowGaussMySqlInstanceInfo"]],
  iam: [["v3/projects", "KeystoneListProjects"]],
  rds: [["ListInstances", "ListInstances"], ["/backups/policy", "ShowBackupPolicy"]],
};
// What is tried beside all that only reads: none of it is about something on which another one is at work.
const MADE = ["CreateInstance", "MakeInstance", "KeystoneCreateUserToken"];
// Those of which there is a picture after they have answered.
const PICTURES = ["ListInstances", "ShowBackupPolicy", "KeystoneListProjects", ...MADE];
const METHODS = ["get", "put", "post", "delete"];

const [program, executablePath, folder] = process.argv.slice(2);
const cloud = spawn(program, ["simulate", "--output", "json"], { stdio: ["ignore", "pipe", "ignore"] });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const { value: line } = await createInterface({ input: cloud.stdout })[Symbol.asyncIterator]().next();
  const { url, services } = JSON.parse(line);
  assert.deepEqual(Object.keys(services), Object.keys(SEARCHES));
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(20_000);
  const hosts = Object.values(services).map((service) => new URL(service).host);
  const [elsewhere, errors, refused] = [[], [], []];
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (!["data:", "blob:"].includes(to.protocol) && !hosts.includes(to.host)) elsewhere.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  // A response that is an error is no error of the page.
  const refusal = /^Failed to load resource: the server responded with/;
  page.on("console", (message) => message.type() === "error" && !refusal.test(message.text()) && errors.push(message.text()));
  await page.goto(url);

  // The block of an operation. There may be others whose names begin like it.
  const block = (operation) => {
    const id = page.locator(".opblock-summary-operation-id", { hasText: new RegExp(`^${operation}$`) });
    return page.locator(".opblock", { has: id });
  };

  // The status that an operation answers with what the page has filled in. It is searched for: the fewer are shown, the faster
  // the page is.
  const answered = async (operation) => {
    await page.locator(".operation-filter-input").fill(operation);
    // The page is laid out anew a moment later, and a click before that is lost.
    await page.waitForFunction((phrase) => [...document.querySelectorAll(".opblock")].every((one) =>
      one.innerText.toLowerCase().replaceAll("\u200b", "").includes(phrase)), operation.toLowerCase());
    const one = block(operation);
    await one.locator(".opblock-summary-control").click();
    await one.getByRole("button", { name: "Execute" }).click();
    const status = one.locator(".live-responses-table tbody .response-col_status").first();
    await status.waitFor().catch(() => {});
    const shown = (await status.isVisible()) ? (await status.innerText()).trim().slice(0, 3) : "nothing";
    const body = one.locator(".live-responses-table .highlight-code").first();
    return { one, shown, said: (await body.isVisible()) ? (await body.innerText()).slice(0, 200) : "" };
  };

  // What an operation says that is not carried out.
  const attempt = async (service, operationId) => {
    const { one, shown, said } = await answered(operationId);
    if (PICTURES.includes(operationId)) await one.screenshot({ path: `${folder}/${service}-${operationId}.png` });
    await one.locator(".opblock-summary-control").click();
    return /^2/.test(shown) ? null : `${shown}: ${said}`;
  };

  for (const [service, searches] of Object.entries(SEARCHES)) {
    const button = page.getByRole("button", { name: service, exact: true });
    while ((await button.getAttribute("aria-pressed")) !== "true") await button.click();
    await page.locator(`.info a[href="${services[service]}/openapi/${service}.json"]`).waitFor();
    await page.getByRole("button", { name: "Authorize" }).locator("svg.locked").or(page.locator(".authorize.locked")).first().waitFor();
    const described = await (await fetch(`${services[service]}/openapi/${service}.json`)).json();
    const operations = Object.values(described.paths).flatMap((path) =>
      METHODS.filter((method) => path[method]).map((method) => ({ method, ...path[method] })));
    assert.equal(await page.locator(".opblock").count(), operations.length, `${service}: operations that are shown`);
    await page.screenshot({ path: `${folder}/${service}.png` });

    const search = page.locator(".operation-filter-input");
    for (const [phrase, operation] of searches) {
      await search.fill(phrase);
      await page.waitForFunction((all) => document.querySelectorAll(".opblock").length < all, operations.length);
      await block(operation).waitFor().catch(() => assert.fail(`${service}: "${phrase}" does not find ${operation}`));
      await page.screenshot({ path: `${folder}/${service}-search.png` });
    }
    const tried = operations.filter(({ method, operationId }) => method === "get" || MADE.includes(operationId));
    for (const { operationId } of tried) {
      const what = await attempt(service, operationId);
      if (what) refused.push(`${service}: ${operationId} answers ${what}`);
    }
    // One that was closed is still there, and is filled in anew.
    const again = await attempt(service, tried[0].operationId);
    if (again) refused.push(`${service}: ${tried[0].operationId} answers ${again} when it is opened again`);
    console.log(`${service}: ${tried.length} of ${operations.length} operations were tried as the page fills them in`);
  }
  assert.deepEqual(refused, [], "operations that are not carried out");
  assert.deepEqual(elsewhere, [], "fetched from elsewhere");
  assert.deepEqual(errors, [], "errors in the page");
} finally {
  await browser.close();
  cloud.kill("SIGINT");
}
