// Calls with a client of @hey-api/openapi-ts whose responses zod validates: driver, with SERVER and TOKEN in its environment
//
// `calls.ts` beside it has the calls of one service, each as a person would write it.
import { answer } from "./answer.js";
import { calls } from "./calls.js";
import { createClient, createConfig } from "./generated/client/index.js";

const { SERVER: baseUrl = "", TOKEN: token = "" } = process.env;
const auth = ({ name }: { name?: string }) => (name === "X-Auth-Token" ? token : undefined);
await answer(calls, createClient(createConfig({ baseUrl: baseUrl as `http://${string}`, auth })));
