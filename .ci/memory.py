#!/usr/bin/env python3
"""How much memory the compiler takes for a service crate: memory.py [OPERATIONS…], 200 by default.

The crate is that of a made service, which the benchmark `codegen` writes. It is built as a dependency is, in both profiles, and
the peak of the one rustc that builds it must stay below 2 GiB; what each further operation costs is the reason that
CONTRIBUTING gives for the largest service.
"""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BOUND = 2 << 30


def wrapped(compiler):
    """As cargo's RUSTC_WRAPPER: runs the compiler, and notes what the made crate took."""
    # The jobserver is behind files that cargo has left open.
    ended = subprocess.call(compiler, close_fds=False)
    if "otcdb_made" in compiler:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
        pathlib.Path(os.environ["OTCDB_MEMORY"]).write_text(json.dumps(peak))
    sys.exit(ended)


def workspace(folder):
    """A workspace of the made crate alone, which takes the others from here."""
    manifest = (ROOT / "Cargo.toml").read_text()
    manifest = re.sub(r"(?m)^members = .*\n(#.*\n)*exclude = .*$", 'members = ["crates/made"]', manifest)
    manifest = manifest.replace('path = "', f'path = "{ROOT}/')
    (folder / "Cargo.toml").write_text(manifest)
    (folder / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [200]
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
    failed = False
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            bench = ["cargo", "bench", "--quiet", "-p", "otcdb-tests", "--bench", "codegen", "--", "--crate", str(size), str(folder)]
            subprocess.run(bench, cwd=ROOT, check=True)
            workspace(folder)
            for profile in ("dev", "release"):
                noted = folder / "peak"
                environment = os.environ | {
                    "RUSTC_WRAPPER": str(pathlib.Path(__file__).resolve()), "OTCDB_MEMORY": str(noted),
                    "CARGO_TARGET_DIR": str(target / "made"), "CARGO_INCREMENTAL": "0",
                }
                subprocess.run(["cargo", "build", "--quiet", "--profile", profile, "-p", "otcdb-made"], cwd=folder, env=environment, check=True)
                peak = json.loads(noted.read_text())
                noted.unlink()
                print(f"{size} operations, {profile}: {peak / (1 << 20):.0f} MiB at most")
                if size <= 200 and peak > BOUND:
                    failed = True
    if failed:
        sys.exit("a service crate of 200 operations takes more than 2 GiB to build")


if len(sys.argv) > 1 and sys.argv[1].endswith("rustc"):
    wrapped(sys.argv[1:])
else:
    main()
