"""What is common to the clients in TypeScript: calls and bodies of a service are written as a person would write them, as
programs that the compiler reads.

`calls.ts` has the calls, for the driver. What the compiler has against the documented bodies of requests is an error; what it
has against a response goes into `refused.json`, by the response's number.
"""

import json
import pathlib
import re
import subprocess
import sys


class Programs:
    """Those in the folder of a client. `compiler` is the command that compiles the files it is given."""

    def __init__(self, folder, compiler):
        self.folder = pathlib.Path(folder)
        self.compiler = [*compiler, "--strict", "--skipLibCheck", "--noEmit", "--pretty", "false", "--module", "nodenext"]

    def read(self, name):
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def write(self, name, lines):
        (self.folder / f"{name}.ts").write_text("\n".join([*lines, ""]), encoding="utf-8")

    def write_calls(self, client, imports, function):
        """`client` is its type, and `function` makes the expression of a call."""
        calls = [f'  {call["name"]}: (client) => {function(call)},' for call in self.read("calls")]
        imports = ['import type { Calls } from "./answer.js";', *imports]
        self.write("calls", [*imports, f"export const calls: Calls<{client}> = {{", *calls, "};"])

    def hold_bodies(self, imports, typed):
        """`typed` makes the line that says of which type a body is."""
        bodies = {name: self.read(name) for name in ("requests", "responses")}
        for name, all_bodies in bodies.items():
            self.write(name, [imports, *(typed(body, f"body_{at}") for at, body in enumerate(all_bodies))])
        command = [*self.compiler, *(f"{name}.ts" for name in bodies)]
        found = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        refused = {name: {} for name in bodies}
        for line in found.stdout.splitlines():
            if place := re.match(r"(requests|responses)\.ts\((\d+),\d+\): error (.*)", line):
                # The first line imports the types.
                refused[place[1]].setdefault(int(place[2]) - 2, place[3])
            elif "error TS" in line:
                sys.exit(line)
        for at, error in refused["requests"].items():
            print(f'{bodies["requests"][at]["operation"]} {bodies["requests"][at]["case"]}: {error}', file=sys.stderr)
        if refused["requests"]:
            sys.exit(1)
        (self.folder / "refused.json").write_text(json.dumps(refused["responses"]), encoding="utf-8")
