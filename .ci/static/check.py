#!/usr/bin/env python3
"""The static program in an empty root: no libraries, no /etc, no /tmp. Needs to be root, for chroot.

check.py --program target/x86_64-unknown-linux-gnu/dist/otcdb
"""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PATIENCE = 60


def inside(root, *words, env=None):
    """Runs the program in the root, which is all that it sees."""
    return subprocess.Popen(
        ["/otcdb", *words],
        env=env or {},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: (os.chroot(root), os.chdir("/")),
    )


def told(root, *words, env=None, code=0):
    process = inside(root, *words, env=env)
    out, err = process.communicate(timeout=PATIENCE)
    if process.returncode != code:
        raise SystemExit(f"otcdb {' '.join(words)} ended with {process.returncode} and not {code}:\n{out}{err}")
    print(f"otcdb {' '.join(words)}: {code}")
    return out + err


def holds(text, part):
    if part not in text:
        raise SystemExit(f"there is no {part!r} in:\n{text}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=Path)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(program, root / "otcdb")
        holds(told(root, "--version"), "otcdb ")
        holds(told(root, "logs", "pull", "--simulate", "--out", "/logs", "--compress", "zstd"), "Fetched")
        holds(told(root, "logs", "top", "/logs", "--limit", "1"), "COUNT")

        cloud = inside(root, "simulate", "--port", "0")
        try:
            env = {}
            for line in cloud.stdout:
                if variable := re.match(r"export (\w+)=(.*)", line):
                    env[variable[1]] = variable[2].strip("'")
                elif env:
                    break
            call = ["dcs", "list-instances", "--limit", "1", "--output", "json"]
            holds(told(root, *call, env=env), "instance_id")
            by_name = {name: value.replace("127.0.0.1", "localhost") for name, value in env.items()}
            holds(told(root, *call, env=by_name), "instance_id")

            named = {name: value.replace("127.0.0.1", "cloud.example") for name, value in env.items()}
            named_call = ["--allow-plain-http", *call]
            error = told(root, *named_call, env=named, code=7)
            holds(error, "the name cloud.example cannot be looked up: /etc/resolv.conf")
            (root / "etc").mkdir()
            (root / "etc/hosts").write_text("127.0.0.1 cloud.example\n")
            holds(told(root, *named_call, env=named), "instance_id")
        finally:
            cloud.kill()
            cloud.communicate()
    print("the program needs nothing of the system")


if __name__ == "__main__":
    main()
