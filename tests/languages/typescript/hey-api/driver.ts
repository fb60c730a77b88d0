// Calls with a client of @hey-api/openapi-ts whose responses zod validates: driver, with SERVER and TOKEN in its environment
//
// `calls.ts` beside it has the calls of one service, each as a person would write it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { calls } from "./calls.js";
import { createClient, createConfig } from "./generated/client/index.js";

const { SERVER: baseUrl = "", TOKEN: token = "" } = process.env;
const client = createClient(
  createConfig({ baseUrl: baseUrl as `http://${string}`, auth: ({ name }) => (name === "X-Auth-Token" ? token : undefined) }),
);
const refused: Record<string, string> = JSON.parse(readFileSync(new URL("../refused.json", import.meta.url), "utf8"));

type Result = { status?: number; value?: unknown; error?: string };

async function make(call: { name: string; response?: number }): Promise<Result> {
  const operation = calls[call.name];
  if (!operation) {
    return { error: `the client has no ${call.name}` };
  }
  const { data, error, response } = await operation(client);
  const against = call.response === undefined ? undefined : refused[call.response];
  return against ? { error: against } : { status: response.status, value: data ?? error };
}

for await (const line of createInterface({ input: process.stdin })) {
  const result = await make(JSON.parse(line)).catch((error: unknown): Result => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
