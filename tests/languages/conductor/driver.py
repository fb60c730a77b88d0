"""The driver of a client as a child process: it reads a call as a line of JSON, makes it, and writes what came of it.

A call has the `operation`, the values of its parameters by their names under `path`, `query` and `header`, those of `path` in
their order, and the `body` of the request, if it has one. The answer has the `status`, and the `value` that the client made
of the response, encoded again. It has an `error` where the client refused the call or the response.
"""

import json
import os
import selectors
import subprocess

# More than a call takes, on any machine.
PATIENCE = 120


class Driver:
    def __init__(self, command, environment, log):
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, bufsize=0
        )
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.child.stdout, selectors.EVENT_READ)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.selector.close()
        self.child.stdout.close()

    def call(self, call):
        try:
            self.child.stdin.write(json.dumps(call).encode() + b"\n")
        except BrokenPipeError:
            return {"error": "the driver has ended"}
        while b"\n" not in self.rest:
            if not self.selector.select(PATIENCE):
                self.child.kill()
                return {"error": f"the driver has said nothing for {PATIENCE} s"}
            part = os.read(self.child.stdout.fileno(), 1 << 20)
            if not part:
                return {"error": "the driver has ended"}
            self.rest += part
        line, _, self.rest = self.rest.partition(b"\n")
        return json.loads(line)
