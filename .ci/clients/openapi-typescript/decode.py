"""Types have no decoder: they fit a body, or the compiler says where not. decode.py CLIENT TSC < CASES > RESULTS"""

import json
import pathlib
import re
import subprocess
import sys

folder, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]
cases = [json.loads(line) for line in sys.stdin]
program = ['import type { operations } from "./service";']
for case in cases:
    kind = f'operations["{case["operation"]}"]'
    if "response" in case:
        kind += f'["responses"]["{case["response"]}"]'
    else:
        kind = f'NonNullable<{kind}["requestBody"]>'
    if "body" in case:
        kind += '["content"]["application/json"]'
        program.append(f"export const case_{case['id']}: {kind} = {case['body']};")
    else:
        program.append(f"export type case_{case['id']} = {kind};")
(folder / "cases.ts").write_text("\n".join(program), encoding="utf-8")

command = [compiler, "--strict", "--exactOptionalPropertyTypes", "--noEmit", "--pretty", "false", folder / "cases.ts"]
found = subprocess.run(command, stdout=subprocess.PIPE, text=True)
refused = {}
for line in found.stdout.splitlines():
    if place := re.match(r".*cases\.ts\((\d+),\d+\): error (.*)", line):
        # The first line imports the types.
        refused.setdefault(int(place[1]) - 2, place[2])
    elif "error TS" in line:
        sys.exit(line)
for at, case in enumerate(cases):
    result = {"error": refused[at]} if at in refused else {"value": json.loads(case["body"])} if "body" in case else {}
    print(json.dumps({"id": case["id"], **result}))
