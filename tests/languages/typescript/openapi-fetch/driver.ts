// Calls with openapi-fetch and the types of openapi-typescript: driver, with SERVER and TOKEN in its environment
//
// `calls.ts` beside it has the calls of one service, each as a person would write it.
import createClient from "openapi-fetch";
import { answer } from "./answer.js";
import { calls } from "./calls.js";
import type { paths } from "./service.js";

const { SERVER: baseUrl = "", TOKEN: token = "" } = process.env;
await answer(calls, createClient<paths>({ baseUrl, headers: { "X-Auth-Token": token } }));
