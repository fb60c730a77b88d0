"""Writes the calls and the bodies of one service as programs in TypeScript: typed.py CLIENT TSC

`calls.ts` has the calls, for the driver. What the compiler has against the documented bodies of requests is an error; what it
has against a response goes into `refused.json`, by the response's number.
"""

import json
import pathlib
import re
import subprocess
import sys

COMPILER = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--pretty", "false", "--module", "nodenext"]

folder, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]


def read(name):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def write_calls():
    program = [
        'import type { Client } from "openapi-fetch";',
        'import type { paths } from "./service.js";',
        "type Answer = { data?: unknown; error?: unknown; response: Response };",
        "export const calls: Record<string, (client: Client<paths>) => Promise<Answer>> = {",
    ]
    for call in read("calls"):
        parameters = {place: call[place] for place in ("path", "query", "header") if call[place]}
        init = {"params": parameters} if parameters else {}
        if "body" in call:
            init["body"] = call["body"]
        given = f", {json.dumps(init)}" if init else ""
        program.append(f'  {call["name"]}: (client) => client.{call["method"].upper()}("{call["template"]}"{given}),')
    (folder / "calls.ts").write_text("\n".join([*program, "};", ""]), encoding="utf-8")


def typed(case, name):
    kind = f'operations["{case["operation"]}"]'
    kind = f'{kind}["responses"]["{case["response"]}"]' if "response" in case else f'NonNullable<{kind}["requestBody"]>'
    if "body" not in case:
        return f"export type {name} = {kind};"
    return f'export const {name}: {kind}["content"]["application/json"] = {json.dumps(case["body"])};'


def refused(file, bodies):
    """What the compiler has against bodies, by their numbers."""
    program = ['import type { operations } from "./service.js";']
    program += [typed(body, f"body_{number}") for number, body in enumerate(bodies)]
    (folder / file).write_text("\n".join(program), encoding="utf-8")
    found = subprocess.run([compiler, *COMPILER, file], cwd=folder, stdout=subprocess.PIPE, text=True)
    errors = {}
    for line in found.stdout.splitlines():
        if place := re.match(rf"{file}\((\d+),\d+\): error (.*)", line):
            # The first line imports the types.
            errors.setdefault(int(place[1]) - 2, place[2])
        elif "error TS" in line:
            sys.exit(line)
    return errors


write_calls()
requests = read("requests")
if errors := refused("requests.ts", requests):
    sys.exit("\n".join(f'{requests[at]["operation"]} {requests[at]["case"]}: {error}' for at, error in errors.items()))
(folder / "refused.json").write_text(json.dumps(refused("responses.ts", read("responses"))), encoding="utf-8")
