"""Calls every operation of the published descriptions in the simulated cloud with whatever their schemas allow and forbid, by
schemathesis. A response with 5xx, one with a status or a body that is not described, a success for what is not allowed, and an
operation that never succeeds fail the check.

    check.py --program target/debug/otcdb [--examples NUMBER] [SERVICE...]
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / ".ci/sdk"))

from simulator import MANY, simulator

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "wrong_data_is_refused",
    "missing_required_header",
    "ignored_auth",
)


def check(program, service, examples):
    """Whether all is as described."""
    with tempfile.TemporaryDirectory() as folder, simulator(program, "token", service, *MANY) as (address, environment, all_fixtures):
        fixtures = {one["operation"]: one for one in all_fixtures if one["service"] == service}
        path = pathlib.Path(folder, "fixtures.json")
        path.write_text(json.dumps(fixtures), encoding="utf-8")
        succeeded = pathlib.Path(folder, "succeeded")
        succeeded.touch()
        run = [
            pathlib.Path(sys.executable).with_name("schemathesis"),
            *("run", ROOT / "openapi/dist" / f"{service}.json", "--url", address),
            *("--header", f"X-Auth-Token: {environment['OTCDB_TOKEN']}"),
            *("--checks", ",".join(CHECKS), "--continue-on-failure"),
            *("--max-examples", str(examples), "--seed", "1", "--generation-database", "none"),
            # Ninety-nine instances in one call take their time on a busy machine.
            *("--request-timeout", "60", "--warnings", "off", "--no-color"),
        ]
        variables = os.environ | {
            "SCHEMATHESIS_HOOKS": "hooks",
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OTCDB_FIXTURES": str(path),
            "OTCDB_SUCCEEDED": str(succeeded),
            "NO_PROXY": "127.0.0.1",
        }
        print(f"{service}:", flush=True)
        good = subprocess.run(run, env=variables, cwd=folder, check=False).returncode == 0
        called = operations(service)
        refused = sorted(called - set(succeeded.read_text(encoding="utf-8").split()))
        print(f"{service}: {len(called) - len(refused)} of {len(called)} operations have succeeded")
        # Nothing was learned of what these answer.
        for operation in refused:
            print(f"{service}: {operation} was always refused")
        return good and not refused


def operations(service):
    document = json.loads((ROOT / "openapi/dist" / f"{service}.json").read_text(encoding="utf-8"))
    return {one["operationId"] for item in document["paths"].values() for one in item.values() if isinstance(one, dict)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", type=pathlib.Path, required=True)
    arguments.add_argument("--examples", type=int, default=3, help="of each operation, beside those that its schema asks for")
    arguments.add_argument("services", nargs="*")
    asked = arguments.parse_args()
    services = asked.services or sorted(path.stem for path in (ROOT / "openapi/dist").glob("*.json"))
    found = [check(asked.program.resolve(), service, asked.examples) for service in services]
    return int(not all(found))


sys.exit(main())
