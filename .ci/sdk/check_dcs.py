"""Points Huawei Cloud's own Python SDK at the simulated cloud, and calls every operation of DCS that both the SDK and
the published description have. The SDK signs its requests, and the simulated cloud verifies that.

Prints what was called and what was checked; ends with 1 if anything that is shared did not succeed."""

import argparse
import os
import signal
import sys

import description
from run import Run
from simulator import simulator
from story import Story

# Before anything opens a connection: a proxy has no business on loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkdcs.v2 import DcsClient, ListInstancesRequest


def connect(address, environment, project=None, **instead):
    """The SDK's client for a simulated cloud. Without a project, the SDK asks IAM for that of the region."""
    keys = {**environment, **instead}
    credentials = BasicCredentials(keys["OS_ACCESS_KEY"], keys["OS_SECRET_KEY"], project)
    credentials = credentials.with_iam_endpoint(environment["OTCDB_IAM_ENDPOINT"])
    if token := keys.get("OS_SECURITY_TOKEN"):
        credentials.with_security_token(token)
    config = HttpConfig(timeout=(5, 60))
    builder = DcsClient.new_builder().with_http_config(config).with_credentials(credentials)
    if project:
        return builder.with_endpoints([address]).build()
    return builder.with_region(Region(environment["OS_REGION_NAME"], address)).build()


def refuses(client):
    """Whether the simulated cloud refuses who calls."""
    try:
        client.list_instances(ListInstancesRequest())
    except ClientRequestException as error:
        return error.status_code == 401
    return False


def identities(address, environment):
    """Signs with a temporary access key. Gives what holds, with whether it does."""
    try:
        client = connect(address, environment)
        let_in = bool(client.list_instances(ListInstancesRequest()).instance_num)
    except SdkException as error:
        yield f"temporary access key: {error}", False
        return
    yield "temporary access key: the SDK finds the project by IAM, and is let in", let_in
    project = client.get_credentials().project_id
    other = connect(address, environment, project, OS_SECURITY_TOKEN=None)
    yield "temporary access key: refused without its security token", refuses(other)


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="target/debug/otcdb", help="the program otcdb")
    parser.add_argument("--description", default="openapi/dist/dcs.json", help="the published description")
    options = parser.parse_args()
    # An end from outside ends the simulated cloud too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    with simulator(options.program, "access-key") as (address, environment, fixtures):
        project = connect(address, environment).get_credentials().project_id
        wrong = connect(address, environment, project, OS_SECRET_KEY="0" * 32)
        proofs = [("access key: refused with a wrong secret", refuses(wrong))]
        client = connect(address, environment, project)
        run = Run(client, description.read(options.description))
        own = [fixture for fixture in fixtures if fixture["service"] == "dcs"]
        Story(run, own, address).tell()
    with simulator(options.program, "temporary-access-key") as started:
        proofs.extend(identities(*started[:2]))
    for what, holds in proofs:
        print(f"{'ok' if holds else 'FAILED'}: {what}")
    good = report(run) and all(holds for _, holds in proofs)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
