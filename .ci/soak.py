#!/usr/bin/env python3
"""Pulls and follows for some minutes against a simulated cloud in which calls and downloads fail: soak.py --program OTCDB.

`otcdb logs follow` runs all the time, and one `otcdb logs pull` after another into a second folder, from which files are taken
away so that there is something to pull. Memory and open files of the cloud and of the one that follows must not grow from what
they are when a part of the time is over. In the end every file is there once and is what the manifest says, none is half, and
no entry was shown twice.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

FAULTS = [
    "*:503:p=0.02", "*:429:p=0.01:retry-after=0", "*:reset:p=0.01", "*:slow:p=0.05:delay=200", "*:html:p=0.005",
    "download:reset-body:p=0.1:at=9000", "download:truncate:p=0.05:at=5000", "*:expired-token:p=0.002",
]
KINDS = [word for kind in ("redis-run", "redis-slow", "rds-error", "rds-slow", "rds-audit", "dds-slow") for word in ("--kind", kind)]
# Entries of a log are spread over seven days: one in thirty seconds.
ENTRIES = 20_000
# What memory may grow by beside a quarter of what it was, in bytes, and how many files more may be open.
SPARE = 24 << 20
FILES = 16


class Watched:
    """A process whose memory and open files are looked at."""

    def __init__(self, name, process):
        self.name, self.process, self.samples = name, process, []

    def look(self):
        if self.process.poll() is not None:
            sys.exit(f"{self.name} has ended with {self.process.returncode}")
        proc = pathlib.Path(f"/proc/{self.process.pid}")
        pages = int((proc / "statm").read_text().split()[1])
        self.samples.append((pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(proc / "fd"))))

    def growth(self):
        """The most of the second and of the last quarter, each of memory and open files."""
        quarter = len(self.samples) // 4
        before, after = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        return [(max(sample[of] for sample in before), max(sample[of] for sample in after)) for of in (0, 1)]

    def judge(self):
        (memory, more), (files, open_files) = self.growth()
        print(f"{self.name}: {memory >> 10} KiB, then {more >> 10} KiB; {files} files open, then {open_files}")
        if more > memory * 5 / 4 + SPARE or open_files > files + FILES:
            sys.exit(f"{self.name} grows")


def check(folder):
    """Every file is there once, whole, and as the manifest has it. Gives how many there are."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("manifest")]
    there = {str(file.relative_to(folder)) for file in files}
    half = [file for file in there if ".part" in file]
    assert not half, half
    records = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    once = Counter(record["file"] for record in records)
    assert set(once) == there, set(once) ^ there
    assert max(once.values()) == 1, once.most_common(3)
    ids = Counter((record["kind"], record["instance"], record.get("node"), record["id"]) for record in records)
    assert max(ids.values()) == 1, ids.most_common(3)
    for record in records:
        content = (folder / record["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == record["sha256"], record["file"]
    return len(records)


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--program", required=True)
    flags.add_argument("--minutes", type=float, default=5)
    flags.add_argument("--seed", type=int, default=1)
    flags = flags.parse_args()
    chance = random.Random(flags.seed)
    with contextlib.ExitStack() as stack:
        root = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        said = stack.enter_context(open(root / "said", "wb"))

        def start(*arguments, **more):
            process = subprocess.Popen([flags.program, *arguments], stdin=subprocess.DEVNULL, stderr=said, **more)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        cloud = ["simulate", "--output", "json", "--auth", "password", "--seed", str(flags.seed), "--redis", "2,1,1", "--databases", "2,2,1"]
        cloud += ["--entries", str(ENTRIES), "--collect-delay", "500ms", "--export-delay", "500ms", "--token-lifetime", "30s"]
        for fault in FAULTS:
            cloud += ["--fault", fault]
        simulator = start(*cloud, stdout=subprocess.PIPE)
        started = json.loads(simulator.stdout.readline())
        environment = {"PATH": os.environ["PATH"], "HOME": str(root), **started["environment"]}
        follow, pull, shown = root / "follow", root / "pull", root / "shown.jsonl"
        arguments = ["logs", "follow", str(follow), "--since", "10m", "--interval", "1s", "--append", str(shown), "--output", "jsonl"]
        follower = start(*arguments, *KINDS, env=environment, stdout=subprocess.DEVNULL)
        watched = [Watched("the cloud", simulator), Watched("logs follow", follower)]

        def pulled():
            command = ["logs", "pull", "--out", str(pull), "--since", "10m", "--poll-interval", "100ms", "--settle", "1s", "--quiet"]
            process = start(*command, *KINDS, env=environment, stdout=subprocess.DEVNULL)
            while process.poll() is None:
                for one in watched:
                    one.look()
                time.sleep(0.2)
            return process.returncode

        end, pulls, failed = time.monotonic() + flags.minutes * 60, 0, 0
        while time.monotonic() < end:
            failed += pulled() != 0
            pulls += 1
            # Files of entries are of an interval, which later pulls do not ask for again.
            files = sorted(file for file in pull.rglob("*") if file.is_file() and file.suffix not in (".jsonl", ".json", ".lock"))
            for file in chance.sample(files, len(files) // 3):
                file.unlink()
        print(f"{pulls} pulls", flush=True)
        # What was taken away last, and what a fault has cost.
        for _ in range(20):
            if pulled() == 0:
                break
        else:
            sys.exit("no pull succeeds any more")
        for one in watched:
            one.judge()
        follower.send_signal(signal.SIGTERM)
        follower.wait()
        lines = Counter(shown.read_text().splitlines())
        assert lines, "nothing was shown"
        twice = [line for line, count in lines.items() if count > 1]
        assert not twice, (len(twice), twice[:3])
        counts = check(pull), check(follow)
        print(f"{flags.minutes:g} minutes: {pulls} pulls, {failed} of them with failures; {counts[0]} files pulled, {counts[1]} followed, "
              f"{len(lines)} entries shown; every file once, none half, no entry twice")


main()
