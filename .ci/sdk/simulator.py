"""`otcdb simulate` as a child process."""

import contextlib
import json
import os
import selectors
import subprocess
import tempfile

# More than a simulator takes to listen, on any machine.
START_SECONDS = 300
# Instances of each kind, so that no operation meets one on which another one is at work.
MANY = ("--fixtures", "--redis", "4,90,4", "--databases", "120,120,120")


@contextlib.contextmanager
def simulator(program, auth, service, *options):
    """Starts a simulated cloud. Yields its address, the variables for one way to prove identity, and with MANY what every
    operation can be called with. Ends it always."""
    # What it says is kept in a file: nobody reads along, and a full pipe would stop it.
    with tempfile.TemporaryFile() as said:
        command = [str(program), "simulate", "--output", "json", "--auth", auth, *options]
        try:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        except OSError as error:
            raise SystemExit(f"{error}; build it with: cargo build -p otcdb-cli") from error
        try:
            try:
                started = json.loads(_first_line(child.stdout))
            except ValueError as error:
                said.seek(0)
                text = said.read().decode(errors="replace").strip()
                raise SystemExit(f"{' '.join(command)}: not started: {error}\n{text}") from error
            yield started["environment"][f"OTCDB_{service.upper()}_ENDPOINT"], started["environment"], started.get("fixtures")
        finally:
            child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            child.stdout.close()


def _first_line(stream):
    text = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not text.endswith(b"\n"):
            if not selector.select(START_SECONDS):
                raise ValueError(f"it has said nothing for {START_SECONDS} s")
            part = os.read(stream.fileno(), 65536)
            if not part:
                raise ValueError("it has ended")
            text += part
    return text
