"""Holds what a client decoded against what it was sent: verdict.py NAME CASES RESULTS

Fails where a case was refused, was not decoded, or lost a value. Of failures that look alike, the first is told.
"""

import collections
import json
import pathlib
import sys

# How many kinds of failures of one client are told.
TOLD = 40


def lost(sent, decoded, pointer=""):
    """The pointers of what was sent and is not in what was decoded. A null may be left out."""
    if isinstance(sent, dict) and isinstance(decoded, dict):
        for name, value in sent.items():
            yield from lost(value, decoded.get(name), f"{pointer}/{name}")
    elif isinstance(sent, list) and isinstance(decoded, list) and len(sent) == len(decoded):
        for at, (one, other) in enumerate(zip(sent, decoded)):
            yield from lost(one, other, f"{pointer}/{at}")
    elif sent is not None and sent != decoded:
        yield pointer


def fault(case, result):
    """Where a case failed, and why."""
    pointer = case.get("pointer", "")
    if result is None:
        return pointer, "the driver said nothing"
    if "error" in result:
        return pointer, result["error"]
    if "body" not in case or "untyped" in result:
        return None
    if result.get("value") is None:
        return pointer, "the body was not decoded"
    for place in lost(json.loads(case["body"]), result["value"]):
        return place, "lost in decoding"
    return None


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main():
    name, cases, results = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    passed, untyped, failed = 0, 0, collections.defaultdict(list)
    for path in sorted(cases.iterdir()):
        told = {result["id"]: result for result in lines(results / f"{path.name}.results")}
        for case in lines(path):
            found = fault(case, told.get(case["id"]))
            if found is None:
                passed += 1
                untyped += "untyped" in told[case["id"]]
                continue
            pointer, reason = found
            reason = " ".join(reason.split())[:160]
            failed[path.name, case["operation"], case.get("response", "request"), reason].append(f"{case['case']}: {pointer or 'the body'}")
    for (service, operation, response, reason), where in list(failed.items())[:TOLD]:
        more = f" (and {len(where) - 1} more)" if len(where) > 1 else ""
        print(f"{name}: {service} {operation} {response}, {where[0]}{more}: {reason}")
    if len(failed) > TOLD:
        print(f"{name}: and {len(failed) - TOLD} more kinds of failures")
    if untyped:
        print(f"{name} has no types for {untyped} of the responses, which it gives as text")
    print(f"{name}: {passed} passed, {sum(map(len, failed.values()))} failed")
    sys.exit(bool(failed))


main()
