"""Points Huawei Cloud's own Python SDKs at the simulated cloud, and calls every operation of a service that both its SDK and
the published description have. The SDK signs its requests, and the simulated cloud verifies that.

Prints what was called and what was checked; ends with 1 if anything that is shared did not succeed."""

import argparse
import os
import signal
import sys

import description
from run import Run
from simulator import MANY, simulator
from story import REFUSED, Story

# Before anything opens a connection: a proxy has no business on loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region

from client import Sdk


def connect(sdk, address, environment, project=None, **instead):
    """The SDK's client for a simulated cloud. Without a project, the SDK asks IAM for that of the region."""
    keys = {**environment, **instead}
    credentials = BasicCredentials(keys["OS_ACCESS_KEY"], keys["OS_SECRET_KEY"], project)
    credentials = credentials.with_iam_endpoint(environment["OTCDB_IAM_ENDPOINT"])
    if token := keys.get("OS_SECURITY_TOKEN"):
        credentials.with_security_token(token)
    config = HttpConfig(timeout=(5, 60))
    builder = sdk.client.new_builder().with_http_config(config).with_credentials(credentials)
    if project:
        return builder.with_endpoints([address]).build()
    return builder.with_region(Region(environment["OS_REGION_NAME"], address)).build()


def refuses(sdk, client):
    """Whether the simulated cloud refuses who calls."""
    try:
        client.list_instances(sdk.models.ListInstancesRequest())
    except ClientRequestException as error:
        return error.status_code == 401
    return False


def identities(sdk, address, environment):
    """Signs with a temporary access key. Gives what holds, with whether it does."""
    try:
        client = connect(sdk, address, environment)
        let_in = bool(client.list_instances(sdk.models.ListInstancesRequest()).instances)
    except SdkException as error:
        yield f"temporary access key: {error}", False
        return
    yield "temporary access key: the SDK finds the project by IAM, and is let in", let_in
    project = client.get_credentials().project_id
    other = connect(sdk, address, environment, project, OS_SECURITY_TOKEN=None)
    yield "temporary access key: refused without its security token", refuses(sdk, other)


def table(head, rows):
    """Prints columns, the last one as wide as it is."""
    rows = [head, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        print("  ".join([*cells, row[-1]]).rstrip())


def report(run):
    """Prints the tables, and says whether all that is shared succeeded."""
    rows, faults = [], []
    for name, row in run.rows.items():
        if not row.statuses and not row.faults:
            row.faults.append("was not called")
        statuses = ", ".join(map(str, sorted(row.statuses))) or "-"
        result = "FAILED" if row.faults else statuses
        rows.append((name, row.method, result, "; ".join(row.checks) or "-"))
        faults.extend(f"{name}: {fault}" for fault in row.faults)
    print(f"\nOperations that description and SDK share: {len(rows)}\n")
    table(("OPERATION", "METHOD OF THE SDK", "STATUS", "CHECKED"), rows)

    print(f"\nOperations left out: {len(run.only_described)}\n")
    for operation in run.only_described:
        print(f"{operation.id}: the SDK has no {operation.method} {operation.path}")
    print(f"Operations of the SDK that the description does not have: {run.only_in_sdk}")

    notes = sorted({f"{name}: {note}" for name, row in run.rows.items() for note in row.notes})
    if notes:
        print("\nWhere SDK and description differ:\n")
        print("\n".join(notes))
    sys.stdout.flush()
    for fault in run.broken + faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return not run.broken and not faults


def check(program, service):
    """Tells the story of one service, and says whether all of it holds."""
    sdk = Sdk(service)
    described = description.read(f"openapi/dist/{service}.json")
    with simulator(program, "access-key", service, *MANY) as (address, environment, fixtures):
        project = connect(sdk, address, environment).get_credentials().project_id
        wrong = connect(sdk, address, environment, project, OS_SECRET_KEY="0" * 32)
        proofs = [("access key: refused with a wrong secret", refuses(sdk, wrong))]
        client = connect(sdk, address, environment, project)
        run = Run(sdk, client, described)
        own = [fixture for fixture in fixtures if fixture["service"] == service]
        Story(run, own, address, REFUSED[service]).tell()
    with simulator(program, "temporary-access-key", service) as started:
        proofs.extend(identities(sdk, *started[:2]))
    print(f"\n{service}\n")
    for what, holds in proofs:
        print(f"{'ok' if holds else 'FAILED'}: {what}")
    return report(run) and all(holds for _, holds in proofs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="target/debug/otcdb", help="the program otcdb")
    parser.add_argument("services", nargs="*", default=list(REFUSED), help="the services, all of them without any")
    options = parser.parse_args()
    # An end from outside ends the simulated cloud too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    good = [check(options.program, service) for service in options.services]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
