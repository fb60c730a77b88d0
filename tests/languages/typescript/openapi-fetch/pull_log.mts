import { writeFile } from "node:fs/promises";
import createClient from "openapi-fetch";
const { OTCDB_DCS_ENDPOINT: baseUrl = "", OTCDB_PROJECT_ID: project_id = "", OTCDB_TOKEN = "" } = process.env;
const dcs = createClient<import("./dcs.js").paths>({ baseUrl, headers: { "X-Auth-Token": OTCDB_TOKEN } });
dcs.use({ onResponse: ({ response }) => (response.ok ? response : Promise.reject(new Error(response.statusText))) });
let page, log, all = [], params = { path: { project_id }, query: { offset: 0, limit: 2 } };
while ((page = (await dcs.GET("/v2/{project_id}/instances", { params })).data?.instances)?.length)
  params.query.offset = all.push(...page);
const path = { project_id, instance_id: all.find((one) => one.name === process.argv[2])?.instance_id ?? "" };
const [logs, run] = ["/v2/{project_id}/instances/{instance_id}/redislog", { params: { path, query: { log_type: "run" } } }] as const;
await dcs.POST(logs, run);
for (; log?.status !== "succeed" && log?.status !== "failed"; await new Promise((done) => setTimeout(done, 1000)))
  log = (await dcs.GET(logs, run)).data?.file_list?.[0];
const { data } = await dcs.POST(`${logs}/{id}/links`, { params: { path: { ...path, id: log.id } } });
await writeFile("redis.log", (await fetch(data?.link ?? "")).body ?? "");
