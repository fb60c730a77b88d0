"""Eight processes pull a thousand instances into one prefix of a bucket, and one of them is killed and started again.

The store is moto's server, which is not ours. In the end every file is there once and is what the manifest says.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter

import boto3

SHARDS = 8
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "secret-of-the-test", "AWS_REGION": "us-east-1"}


def free_port():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(url):
    for _ in range(300):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer")


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--program", required=True)
    flags.add_argument("--instances", type=int, default=1000)
    flags = flags.parse_args()
    processes = []
    try:
        port = free_port()
        store = f"http://127.0.0.1:{port}"
        server = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        processes.append(subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        cloud = [flags.program, "simulate", "--port", "0", "--redis", "0,0,0", "--databases", f"0,{flags.instances},0"]
        cloud += ["--log-size", "1000-10000", "--export-delay", "3s"]
        processes.append(subprocess.Popen(cloud, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **KEYS}
        environment |= {"AWS_ENDPOINT_URL": store, "AWS_ALLOW_HTTP": "true", "OTCDB_SHARDS": str(SHARDS)}
        for line in processes[-1].stdout:
            if found := re.match(r"export (\w+)=(.*)", line):
                environment[found[1]] = found[2].strip("'\n")
            if line.startswith("# With"):
                break
        wait_for(store)
        bucket = boto3.client(
            "s3", endpoint_url=store, region_name="us-east-1",
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )
        bucket.create_bucket(Bucket="logs")

        def pull(shard):
            command = [flags.program, "logs", "pull", "--kind", "rds-error", "--out", "s3://logs/fleet", "--quiet"]
            command += ["--output", "json"]
            one = subprocess.Popen(
                command, env=environment | {"JOB_COMPLETION_INDEX": str(shard)}, stdout=subprocess.PIPE, text=True
            )
            processes.append(one)
            return one

        begun = time.monotonic()
        shards = [pull(shard) for shard in range(SHARDS)]
        # In the midst of it: a share of all files is there.
        killed = shards[2]
        while sum("manifest" not in key for key in keys(bucket)) < flags.instances / 4:
            if killed.poll() is not None:
                sys.exit("the pull was over before it could be killed")
            time.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        shards[2] = pull(2)
        fetched = 0
        for shard in shards:
            report, _ = shard.communicate()
            if shard.returncode != 0:
                sys.exit(f"a pull ended with {shard.returncode}: {report}")
            fetched += json.loads(report)["files_fetched"]
        took = time.monotonic() - begun
        check(bucket, flags.instances)
        print(
            f"{flags.instances} instances, {SHARDS} shards, one killed: every file once, {took:.1f} s; "
            f"{flags.instances - fetched} files are of the pull that was killed"
        )
    finally:
        for one in processes:
            if one.poll() is None:
                one.kill()
            one.wait()


def keys(bucket):
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket="logs")
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def check(bucket, instances):
    there = keys(bucket)
    files = {key.removeprefix("fleet/") for key in there if "manifest" not in key}
    records = []
    for key in there:
        if key.endswith("/rds-error.jsonl") and "/manifest/" in key:
            text = bucket.get_object(Bucket="logs", Key=key)["Body"].read().decode()
            records += [json.loads(line) for line in text.splitlines()]
    recorded = Counter(record["file"] for record in records)
    assert set(recorded) == files and max(recorded.values()) == 1, "files and manifests differ"
    sources = Counter(record["instance"] for record in records)
    assert len(sources) == instances and max(sources.values()) == 1, Counter(sources.values())
    assert not any("uploading" in record for record in records)
    for record in records:
        content = bucket.get_object(Bucket="logs", Key="fleet/" + record["file"])["Body"].read()
        assert hashlib.sha256(content).hexdigest() == record["sha256"], record["file"]


main()
