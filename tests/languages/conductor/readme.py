"""README's section about a language: it quotes the program that stands beside the client's driver, and says how to run it."""

import re


class Differs(Exception):
    """README says something else than the program."""


def commands(readme, program):
    """The commands that README gives beside a program, as lines for a shell. README has to quote the program as it is."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for at, (_, text) in enumerate(blocks):
        if text == program.read_text(encoding="utf-8"):
            language, given = blocks[at - 1]
            if language == "sh" and program.name in given:
                return given
            raise Differs(f"{readme.name} has no commands before {program.name} that run it")
    raise Differs(f"{readme.name} does not quote {program} as it is")
