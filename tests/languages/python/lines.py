"""What the drivers of clients in Python share: calls on standard input, what came of them on standard output, and values of
the types that a client's functions declare."""

import datetime
import enum
import json
import re
import sys
import types
import typing


def plain(name):
    """Names of parameters and operations differ in letter case and separators only."""
    return re.sub("[^a-z0-9]", "", name.lower())


def arguments(call, hints, make_body=None):
    """The arguments of a client's function, by the types that it declares: parameters are called by their names, and the
    one that is left is the body. `make_body` makes that of its value and its type, if it is not converted like others."""
    values = {plain(name): value for place in ("path", "query", "header") for name, value in call[place].items()}
    found = {name: convert(values.pop(plain(name)), kind) for name, kind in hints.items() if plain(name) in values}
    if values:
        raise TypeError(f"the client has no {', '.join(values)}")
    if "body" in call:
        name = next(name for name in hints if name not in found and (name == "body" or name.endswith(("_request", "_body"))))
        found[name] = (make_body or convert)(call["body"], hints[name])
    return found


def convert(value, kind):
    """A value of a declared type."""
    kinds = [kind]
    while typing.get_origin(kinds[0]) in (typing.Union, types.UnionType, typing.Annotated):
        inner = typing.get_args(kinds[0])
        kinds = [*(inner[:1] if typing.get_origin(kinds[0]) is typing.Annotated else inner), *kinds[1:]]
    if isinstance(value, dict) and len(kinds) == 1 and hasattr(kind, "from_dict"):
        return kind.from_dict(value)
    for one in kinds:
        try:
            if typing.get_origin(one) in (list, typing.List) and isinstance(value, list):
                return [convert(item, typing.get_args(one)[0]) for item in value]
            if typing.get_origin(one) is dict and isinstance(value, dict):
                return value
            if isinstance(value, dict) and hasattr(one, "from_dict"):
                made = one.from_dict(value)
                if made.to_dict() == value:
                    return made
            elif isinstance(one, type) and issubclass(one, enum.Enum):
                return one(value)
            elif one is datetime.datetime:
                return datetime.datetime.fromisoformat(value)
            elif one is typing.Any or (isinstance(one, type) and isinstance(value, one)):
                return value
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    raise TypeError(f"{value!r} is no {kind}")


def answer(make):
    """Makes the calls that come."""
    for line in sys.stdin:
        try:
            result = make(json.loads(line))
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)
