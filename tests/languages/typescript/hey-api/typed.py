"""Writes the calls and the bodies of one service as programs in TypeScript, and compiles the bodies: typed.py CLIENT TSC"""

import json
import pathlib
import re
import sys

from programs import Programs

PLACES = {"path": "path", "query": "query", "header": "headers"}


def call_of(call):
    function = names[call["operation"].lower()]
    given = [f"{name}: {json.dumps(call[place])}" for place, name in PLACES.items() if call[place]]
    # The validator does not find what it is to hold against the schema there: hey-api/hey-api#2643.
    if call["header"]:
        given.append("requestValidator: undefined")
    if "body" in call:
        given.append(f"body: {json.dumps(call['body'])}")
    return f'sdk.{function}({{ {", ".join(["client", *given])} }})'


def typed(case, name):
    operation = case["operation"].lower()
    if "response" not in case:
        return f'export const {name}: service.{names[operation + "data"]}["body"] = {json.dumps(case["body"])};'
    # The validator sees all responses but errors: of these there are types alone.
    if case["response"].startswith("2"):
        return ""
    key = case["response"] if case["response"].isdecimal() else json.dumps(case["response"])
    kind = f'service.{names[operation + "errors"]}[{key}]'
    return f"export const {name}: {kind} = {json.dumps(case['body'])};" if "body" in case else f"export type {name} = {kind};"


folder, compiler = sys.argv[1:]
generated = [pathlib.Path(folder, "generated", file).read_text(encoding="utf-8") for file in ("sdk.gen.ts", "types.gen.ts")]
# What is exported, by its name in lower case: the generator has its own ways with SSL and the like.
names = {name.lower(): name for text in generated for name in re.findall(r"^export (?:const|type) (\w+)", text, re.MULTILINE)}
programs = Programs(folder, [compiler])
imports = ['import type { Client } from "./generated/client/index.js";', 'import * as sdk from "./generated/index.js";']
programs.write_calls("Client", imports, call_of)
programs.hold_bodies('import type * as service from "./generated/index.js";', typed)
