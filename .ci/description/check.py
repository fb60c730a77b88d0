"""The published description against the last release of it, by oasdiff.

    check.py                      fails on a change that breaks callers and is not among those accepted, and on one that
                                  is, while openapi/VERSION is not raised as a break asks
    check.py --changelog          prints all changes since the baseline
    check.py --baseline           makes the present description the baseline; empty accepted.txt then

OASDIFF names the program. The baseline holds the documents without texts and examples, which break nothing.
"""

import argparse
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DIST = HERE.parent.parent / "openapi" / "dist"
BASELINE = HERE / "baseline.json.xz"
WORDS = {"description", "summary", "example", "examples", "externalDocs"}


def bare(value):
    """A document without words. What is not a text under a word's name is a field that is called so."""
    if isinstance(value, list):
        return [bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, one in value.items():
        is_property = key in {"description", "summary"} and isinstance(one, dict)
        # OpenAPI asks for a description in each response.
        if key == "description" and not is_property:
            kept[key] = ""
        elif is_property or (key not in WORDS and not key.startswith("x-")):
            kept[key] = bare(one)
        elif key == "x-extensible-enum":
            kept[key] = one
    return kept


def published():
    documents = {}
    for path in sorted(DIST.glob("*.json")):
        document = json.loads(path.read_text())
        documents[path.stem] = bare(document)
        # The list of changes is headed by the version of the description, not of the API.
        documents[path.stem]["info"]["version"] = document["info"]["x-description-version"]
    return documents


def closed(value):
    """A document in which values that a service is known to send are an enum, whose changes oasdiff sees. The format password
    restricts nothing."""
    if isinstance(value, list):
        return [closed(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = ((key, one) for key, one in value.items() if (key, one) != ("format", "password"))
    return {"enum" if key == "x-extensible-enum" else key: closed(one) for key, one in kept}


def is_raised(before, after):
    """Whether a version says that it breaks callers of the one before: by its first number, or while that is 0 by its second."""
    before, after = ([int(number) for number in version.split(".")] for version in (before, after))
    told = 2 if before[0] == 0 else 1
    return after[:told] > before[:told]


def oasdiff(command, before, after, *flags, quiet=False):
    program = os.environ.get("OASDIFF", "oasdiff")
    levels = HERE / "severity-levels.txt"
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, document in (("before", before), ("after", after)):
            path = pathlib.Path(folder) / f"{name}.json"
            path.write_text(json.dumps(closed(document)))
            files.append(str(path))
        run = [program, command, *files, "--severity-levels", str(levels), *flags]
        return subprocess.run(run, check=False, stdout=subprocess.DEVNULL if quiet else None).returncode


def operation_ids(document):
    operations = (one for item in document["paths"].values() for one in item.values() if isinstance(one, dict))
    return {one["operationId"] for one in operations if "operationId" in one}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--changelog", action="store_true")
    arguments.add_argument("--baseline", action="store_true")
    asked = arguments.parse_args()
    now = published()
    if asked.baseline:
        text = json.dumps(now, sort_keys=True, separators=(",", ":"))
        BASELINE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
        return 0
    before = json.loads(lzma.decompress(BASELINE.read_bytes()))
    failed = broken = False
    for service, document in before.items():
        print(f"{service}:", flush=True)
        if service not in now:
            print(f"openapi/dist/{service}.json is gone, which breaks all of its callers")
            failed = True
        elif asked.changelog:
            failed |= oasdiff("changelog", document, now[service], "--format", "markdown") != 0
        else:
            accepted = HERE / "accepted.txt"
            # Generated clients are named after these, which oasdiff lets change.
            for gone in sorted(operation_ids(document) - operation_ids(now[service])):
                broken = True
                if f"operationId {gone}" not in accepted.read_text().splitlines():
                    print(f"operationId {gone} is gone")
                    failed = True
            flags = ("--color", "never", "--fail-on", "ERR")
            ignored = ("--err-ignore", str(accepted), "--warn-ignore", str(accepted))
            failed |= oasdiff("breaking", document, now[service], *flags, *ignored) != 0
            broken |= oasdiff("breaking", document, now[service], *flags, quiet=True) != 0
    for service in sorted(now.keys() - before.keys()):
        print(f"{service}: new since the baseline, which does not hold it")
    versions = [next(iter(one.values()))["info"]["version"] for one in (before, now)]
    if broken and not is_raised(*versions):
        print(f"openapi/VERSION is {versions[1]}, which promises to break nothing of {versions[0]}; raise it")
        failed = True
    if failed and not asked.changelog:
        print("If a change is meant, copy its operation and text into .ci/description/accepted.txt, with the reason above it.")
    return int(failed)


sys.exit(main())
