#!/usr/bin/env python3
"""Writes inputs that fuzzing begins with: seeds.py FOLDER, which gets a folder for each target.

They are made of what the project has, so that they change with it: descriptions, facts, pages and texts of tests.
"""

import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = "\n%%\n"
# Larger inputs make fuzzing slow and find nothing more.
LARGEST = 30_000

INSTANCE = "5560df16cebf4473a95362d1b573c12fin01"
SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
RECORD = {
    "kind": "rds-error", "instance": INSTANCE, "instance_name": "orders", "node": "n1",
    "id": "20261122T020000Z-20261122T030000Z", "file": "rds/orders/error.jsonl", "size": 3, "sha256": SHA256,
    "from": "2026-11-22T02:00:00Z", "until": "2026-11-22T03:00:00Z", "newest": "2026-11-22T02:10:03Z",
    "announced": {"size": 3, "end": "2026-11-22T02:10:03Z"}, "fetched_at": "2026-11-22T03:00:01Z", "simulated": True,
}
SPANS = [
    {"kind": "rds-error", "instance": INSTANCE, "from": "2026-11-22T00:00:00Z", "to": "2026-11-22T02:00:00Z"},
    {"kind": "rds-error", "instance": INSTANCE, "id": RECORD["id"], "seen": [], "reach_ms": 60000, "whole": True},
]

# One of each form; what the tests of the readers hold besides is found by mutation.
LOGS = [
    "1:M 22 Nov 2026 02:10:03.123 * Ready to accept connections\n[12] 22 Nov 02:10:04.123 # odd\n\tcontinued\n",
    "2026-11-22 02:10:03.123 UTC [12] ERROR:  no\n2026-11-22 02:10:03.123 UTC [12] STATEMENT:  SELECT 1\n"
    "2026-11-22 02:10:04 UTC [13] LOG:  duration: 1234.567 ms  statement: SELECT * FROM a WHERE b IN (1, 2, 'c')\n",
    '2026-11-22 02:10:03.123 UTC,"a","b",1,"c",5f,1,"SELECT",2026-11-22 02:00:00 UTC,3/4,0,LOG,00000,"hi\nyou"\n',
    "2026-11-22T02:10:03.123456Z 0 [Note] [MY-010131] [Server] ready\n261122  2:10:03 [ERROR] old\n",
    "# Time: 2026-11-22T02:10:03.123456Z\n# User@Host: a[a] @ h [1.2.3.4]  Id: 1\n"
    "# Query_time: 1.5  Lock_time: 0 Rows_sent: 1  Rows_examined: 2\nSET timestamp=1795313403;\nSELECT 'a', X'00', $1, -1e-5;\n",
    '"12","2026-11-22T02:10:03Z","SELECT 1","x ""y"""\n',
    '{"time":"2026-11-22T02:10:03","level":"ERROR","content":"x"}\n{"query_sample":"select 1","time":"1.5 s","count":"3"}\n',
    '{"t":{"$date":"2026-11-22T02:10:03.123+01:00"},"s":"W","c":"COMMAND","id":51803,"msg":"Slow query",'
    '"attr":{"command":{"find":"a","filter":{"b":1}},"durationMillis":120}}\n',
    "2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end connection\nSun Nov 22 02:10:03.123 [conn1] end\n",
    "2026-11-22 02:10:03 plain\nwithout a time\r\n\u00e9\n",
]

CLOUD = """clouds:
  c:
    profile: otc
    region_name: eu-de
    auth:
      auth_url: https://iam.eu-de.otc.t-systems.com/v3
      username: u
      password: hunter2-hunter2
      user_domain_name: d
      project_name: eu-de_orders
    regions: [{name: eu-de, values: {rds_endpoint_override: 'https://rds.example/v3/p'}}, eu-nl]
    verify: true
  d: {auth: {ak: AK, sk: SK, security_token: T}, region: eu-de}
"""
SECURE = "clouds:\n  c:\n    auth: {password: hunter2-hunter2}\n"
PUBLIC = "public-clouds:\n  mine:\n    auth: {auth_url: 'https://iam.example/v3'}\n"
INI = "[basic]\nak = AK\nsk = SK\nproject_id = p\niam_endpoint = https://iam.example\n[global]\ndomain_id = d\n"


def references(value):
    """The pointers that a value refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                yield path, method, operation


def alone(document, path, method, operation):
    """A document with one operation, and the components that it needs."""
    needed, components = list(references(operation)), {}
    while needed:
        kind, name = needed.pop().split("/")[2:4]
        if name not in components.setdefault(kind, {}):
            components[kind][name] = document["components"][kind][name]
            needed += references(components[kind][name])
    return {"openapi": "3.0.3", "info": document["info"], "paths": {path: {method: operation}}, "components": components}


def body(document, operation):
    """An example of a request's body."""
    request = operation.get("requestBody", {})
    if "$ref" in request:
        request = document["components"]["requestBodies"][request["$ref"].rsplit("/", 1)[1]]
    for media in request.get("content", {}).values():
        for example in media.get("examples", {}).values():
            return json.dumps(example.get("value"))
    return ""


def inputs():
    """Pairs of a target and an input."""
    for page in [ROOT / "README.md", *sorted((ROOT / "crates/apidocs/tests/it/pages").iterdir())]:
        yield "read_page", page.read_text()
    for facts in sorted(ROOT.glob("openapi/*/facts/*.yaml")):
        yield "read_facts", facts.read_text()
    for file in sorted((ROOT / "openapi/dist").glob("*.json")):
        document = json.loads(file.read_text())
        for path, method, operation in operations(document):
            yield "description", json.dumps(alone(document, path, method, operation))
            yield "simulator", f"CALL {file.stem} {operation['operationId']}\n\n"
            example = body(document, operation)
            yield "simulator", f"{method.upper()} {file.stem} {path}?limit=1&offset=0\nContent-Type: application/json\n\n{example}"
    yield "simulator", MARK.join(f"GET {service} /nothing\nX-Auth-Token: none\n\n" for service in ("dcs", "iam", "rds"))
    yield "simulator", "OPTIONS dcs /v2/{project_id}/instances\nOrigin: http://a\nAccess-Control-Request-Method: GET\n\n"
    yield "simulator", "GET rds /\n\n" + MARK + "GET rds /openapi/dcs.json\n\n" + MARK + "POST rds /fixtures/rds.ListInstances\n\n"
    toy = ROOT / "tests/toy"
    yield "bundle", MARK.join(f"{file.relative_to(toy)}\n{file.read_text()}" for file in sorted(toy.rglob("*.yaml")))
    record, spans = json.dumps(RECORD), [json.dumps(span) for span in SPANS]
    yield "manifest", record + "\n"
    yield "manifest", record + "\n" + record[:99] + MARK + "\n".join(spans) + "\n"
    yield "manifest", record + "\n" + json.dumps(RECORD | {"id": "b", "size": 4, "new": [1]}) + "\n{}\n" + MARK + spans[0]
    for number, log in enumerate(LOGS):
        # No form is expected, and the one that it is.
        yield "entries", "\x0f" + log
        yield "entries", chr(32 + number) + log + MARK + LOGS[(number + 1) % len(LOGS)]
    yield "clouds", MARK.join([CLOUD, SECURE, PUBLIC, INI])
    yield "clouds", CLOUD
    yield "clouds", MARK.join([CLOUD.replace("profile: otc", "profile: mine"), "", PUBLIC])
    yield "clouds", MARK.join(["", "", "", INI])


def main():
    folder = pathlib.Path(sys.argv[1])
    for target, text in inputs():
        content = text.encode()
        if len(content) <= LARGEST:
            (folder / target).mkdir(parents=True, exist_ok=True)
            (folder / target / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


if __name__ == "__main__":
    main()
