"""Calls all operations of all services with the clients that generators of other languages make of the published description,
and has them decode whatever the services may answer. Prints a table, and ends with 1 if anything failed or was refused."""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent.parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / ".ci/sdk"))

import cases
import readme
import verdict
from document import Document
from driver import Driver
from simulator import MANY, simulator
from stub import Stub

# How many kinds of faults of one client are told.
TOLD = 40
# Clients of the longer run: of each language the other one has those of README's program.
LONGER = {"python/openapi-generator", "typescript/hey-api"}


class StepFailed(Exception):
    """A step of a client ended with an error."""


@dataclasses.dataclass
class Tally:
    operations: int = 0
    passed: int = 0
    answers: int = 0
    refused: int = 0
    seconds: float = 0
    # Where, by what, so that of those that look alike the first is told.
    faults: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))

    def fault(self, where, case, found):
        pointer, reason = found
        reason = " ".join(reason.split())[:300]
        self.faults[where, reason].append(f"{case}: {pointer or 'the whole'}")

    @property
    def good(self):
        return self.operations and self.passed == self.operations and not self.refused and not self.faults


class Client:
    """One client, in its folder of tests/languages with its driver and a file `steps`: what has to be run to `install` the
    generator, and for each service to `generate` the client, `compile` it, and `drive` it; and where README quotes a program that
    stands there, what has to be at hand when that is run, `quoted`."""

    def __init__(self, name, work):
        self.name, self.folder, self.work = name, HERE / name, work / name
        self.log = work / f"{name.replace('/', '-')}.log"

    def step(self, step, service="", document=""):
        return ["bash", HERE / "step", self.name, step, service, document, self.work / service]

    def run(self, *step, variables={}):
        print(f"{self.name}: {' '.join(map(str, step[:2]))}", flush=True)
        with self.log.open("ab") as log:
            command = self.step(*step)
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | variables)
        if done.returncode:
            last = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
            raise StepFailed("\n".join([*last, f"{self.name}: {step[0]} failed; all that it said is in {self.log}"]))

    def install(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.log.unlink(missing_ok=True)
        self.run("install")

    def play(self, documents, program):
        """All calls, and all responses."""
        began, tally = time.monotonic(), Tally()
        try:
            self.play_all(documents, program, tally)
        except StepFailed as error:
            tally.faults["a step", "failed"].append(f"\n{error}")
        tally.seconds = time.monotonic() - began
        return tally

    def play_all(self, documents, program, tally):
        with simulator(program, "token", next(iter(documents)).service, *MANY) as (_, environment, fixtures):
            for document in documents:
                self.serve(document, environment, fixtures, tally)
            for program in self.folder.glob("[Pp]ull*"):
                self.quoted(program, environment, tally)

    def quoted(self, program, environment, tally):
        """Runs README's program with README's commands, which leaves a log."""
        folder = self.work / "readme"
        folder.mkdir()
        (folder / "openapi").symlink_to(ROOT / "openapi")
        shutil.copy(program, folder)
        try:
            (folder / "commands").write_text(readme.commands(ROOT / "README.md", program), encoding="utf-8")
        except readme.Differs as error:
            tally.faults["README", str(error)].append(program.name)
            return
        self.run("quoted", "readme", variables=environment)
        log = folder / "redis.log"
        if not log.exists() or not log.stat().st_size:
            tally.faults["README", "left no log"].append(program.name)

    def serve(self, document, environment, fixtures, tally):
        """One service: each operation is called as the simulated cloud says that it can be, and then for each response once."""
        calls = list(document.calls(one for one in fixtures if one["service"] == document.service))
        responses = list(cases.responses(document))
        folder = self.work / document.service
        folder.mkdir()
        for name, lines in (("calls", calls), ("responses", responses), ("requests", cases.requests(document))):
            (folder / f"{name}.json").write_text(json.dumps(list(lines)), encoding="utf-8")
        self.run("generate", document.service, document.path)
        self.run("compile", document.service, document.path)
        stub = Stub()
        variables = os.environ | {"SERVER": stub.address, "TOKEN": environment["OTCDB_TOKEN"], "NO_PROXY": "127.0.0.1"}
        service = environment[f"OTCDB_{document.service.upper()}_ENDPOINT"].removeprefix("http://")
        with self.log.open("ab") as log, Driver(self.step("drive", document.service, document.path), variables, log) as driver:
            self.call_all(document, driver, stub, calls, service, tally)
            self.answer_all(document, driver, stub, calls, responses, tally)
        stub.shutdown()

    def call_all(self, document, driver, stub, calls, service, tally):
        for call in calls:
            stub.prepare(service=service)
            result = driver.call(call)
            found = verdict.fault(result, stub.answered)
            if not found and not 200 <= result["status"] < 300:
                found = "", f"status {result['status']}: {stub.answered[1].decode(errors='replace')}"
            tally.operations += 1
            tally.passed += not found
            if found:
                tally.fault(f"{document.service} {call['name']}", "call", found)

    def answer_all(self, document, driver, stub, calls, responses, tally):
        calls = {call["operation"]: call for call in calls}
        for number, case in enumerate(responses):
            body = json.dumps(case["body"]).encode() if "body" in case else b""
            stub.prepare(case=(case["status"], body))
            result = driver.call(calls[case["operation"]] | {"response": number})
            found = verdict.fault(result, stub.answered, case.get("pointer", ""))
            tally.answers += 1
            tally.refused += bool(found)
            if found:
                tally.fault(f"{document.service} {case['operation']} {case['response']}", case["case"], found)


def report(tallies):
    """The faults, and the table."""
    for name, tally in tallies.items():
        for (where, reason), places in list(tally.faults.items())[:TOLD]:
            more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
            print(f"{name}: {where}, {places[0]}{more}: {reason}")
        if len(tally.faults) > TOLD:
            print(f"{name}: and {len(tally.faults) - TOLD} more kinds of faults")
    head = ("LANGUAGE", "CLIENT", "OPERATIONS THAT PASS", "ANSWERS", "REFUSED", "MINUTES")
    rows = [head]
    for name, tally in tallies.items():
        counts = (f"{tally.passed} of {tally.operations}", tally.answers, tally.refused, f"{tally.seconds / 60:.1f}")
        rows.append((*name.split("/"), *map(str, counts)))
    widths = [max(map(len, column)) for column in zip(*rows)]
    print()
    for row in rows:
        left = (cell.ljust(width) for cell, width in zip(row[:2], widths[:2]))
        right = (cell.rjust(width) for cell, width in zip(row[2:], widths[2:]))
        print("  ".join([*left, *right]))


def main():
    known = sorted(str(steps.parent.relative_to(HERE)) for steps in HERE.glob("*/*/steps"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=ROOT / "target/debug/otcdb", help="the program otcdb")
    parser.add_argument("--dist", type=pathlib.Path, default=ROOT / "openapi/dist", help="the folder of the documents")
    parser.add_argument("--all", action="store_true", help="the clients of the longer run, too")
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=f"of {', '.join(known)}")
    options = parser.parse_args()
    if unknown := set(options.clients) - set(known):
        parser.error(f"no such client: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    documents = [Document(path) for path in sorted(options.dist.glob("*.json"))]
    if not documents:
        parser.error(f"{options.dist} holds no document")
    chosen = options.clients or [name for name in known if options.all or name not in LONGER]
    work = ROOT / "target/ci-tools/languages"
    clients = {name: Client(name, work) for name in chosen}
    # Some share their tools, so these are installed one after the other.
    try:
        for client in clients.values():
            client.install()
    except StepFailed as error:
        sys.exit(str(error))
    # Most of their time is a compiler's that uses one processor. The last of them, TypeScript's, takes longest and begins first.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        playing = {name: pool.submit(clients[name].play, documents, options.program) for name in reversed(chosen)}
        tallies = {name: playing[name].result() for name in chosen}
    report(tallies)
    sys.exit(not all(tally.good for tally in tallies.values()))


main()
