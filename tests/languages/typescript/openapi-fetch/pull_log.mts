import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./dcs.js";

const { OTCDB_DCS_ENDPOINT: baseUrl = "", OTCDB_PROJECT_ID: project_id = "", OTCDB_TOKEN = "" } = process.env;
const dcs = createClient<paths>({ baseUrl, headers: { "X-Auth-Token": OTCDB_TOKEN } });
dcs.use({ onResponse: ({ response }) => (response.ok ? response : Promise.reject(new Error(response.statusText))) });
const list = (offset: number) =>
  dcs.GET("/v2/{project_id}/instances", { params: { path: { project_id }, query: { offset, limit: 2 } } });
const all: components["schemas"]["InstanceListInfo"][] = [];
for (let page = await list(0); page.data?.instances?.length; page = await list(all.length)) all.push(...page.data.instances);
const path = { project_id, instance_id: all.find((one) => one.name === process.argv[2])?.instance_id ?? "" };
const [logs, run] = ["/v2/{project_id}/instances/{instance_id}/redislog", { params: { path, query: { log_type: "run" } } }] as const;
await dcs.POST(logs, run);
let log: components["schemas"]["RunlogItem"] | undefined;
for (; log?.status !== "succeed" && log?.status !== "failed"; await setTimeout(1000))
  log = (await dcs.GET(logs, run)).data?.file_list?.[0];
const { data } = await dcs.POST(`${logs}/{id}/links`, { params: { path: { ...path, id: log.id } } });
await writeFile("redis.log", (await fetch(data?.link ?? "")).body ?? "");
