"""Writes the calls and the bodies of one service as programs in TypeScript, and compiles the bodies: typed.py CLIENT TSC"""

import json
import sys

from programs import Programs


def call_of(call):
    parameters = {place: call[place] for place in ("path", "query", "header") if call[place]}
    init = {"params": parameters} if parameters else {}
    if "body" in call:
        init["body"] = call["body"]
    given = f", {json.dumps(init)}" if init else ""
    return f'client.{call["method"].upper()}("{call["template"]}"{given})'


# Types have no decoder: they fit a body, or the compiler says where not.
def typed(case, name):
    kind = f'operations["{case["operation"]}"]'
    kind = f'{kind}["responses"]["{case["response"]}"]' if "response" in case else f'NonNullable<{kind}["requestBody"]>'
    if "body" not in case:
        return f"export type {name} = {kind};"
    return f'export const {name}: {kind}["content"]["application/json"] = {json.dumps(case["body"])};'


folder, compiler = sys.argv[1:]
programs = Programs(folder, [compiler, "--exactOptionalPropertyTypes"])
imports = ['import type { Client } from "openapi-fetch";', 'import type { paths } from "./service.js";']
programs.write_calls("Client<paths>", imports, call_of)
programs.hold_bodies('import type { operations } from "./service.js";', typed)
