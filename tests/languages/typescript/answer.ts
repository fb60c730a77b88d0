// What a driver reads and prints, whichever client makes the calls.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** The calls of a service, by their names. */
export type Calls<Client> = Record<string, (client: Client) => Promise<{ data?: unknown; error?: unknown; response: Response }>>;

type Result = { status?: number; value?: unknown; error?: string };

// What the compiler has against the documented responses, by their numbers.
const refused: Record<string, string> = JSON.parse(readFileSync(new URL("../refused.json", import.meta.url), "utf8"));

async function make<Client>(calls: Calls<Client>, client: Client, call: { name: string; response?: number }): Promise<Result> {
  const operation = calls[call.name];
  if (!operation) {
    return { error: `the client has no ${call.name}` };
  }
  const { data, error, response } = await operation(client);
  const against = call.response === undefined ? undefined : refused[call.response];
  return against ? { error: against } : { status: response.status, value: data ?? error };
}

/** Makes the calls that the lines of the input name, and prints a line for each. */
export async function answer<Client>(calls: Calls<Client>, client: Client): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await make(calls, client, JSON.parse(line)).catch((error: unknown): Result => ({ error: String(error) }));
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
