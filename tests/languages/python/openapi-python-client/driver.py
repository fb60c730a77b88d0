"""Calls with a client of openapi-python-client: driver.py CLIENT"""

import importlib
import os
import pathlib
import re
import sys
import typing

import attrs
import lines

folder = pathlib.Path(sys.argv[1])
package = next(folder.glob("*/client.py")).parent
sys.path.insert(0, str(folder))
client = importlib.import_module(f"{package.name}.client").AuthenticatedClient(
    os.environ["SERVER"],
    token=os.environ["TOKEN"],
    prefix="",
    auth_header_name="X-Auth-Token",
    raise_on_unexpected_status=True,
)
operations = {
    lines.plain(path.stem): importlib.import_module(".".join(path.relative_to(folder).with_suffix("").parts)).sync_detailed
    for path in package.glob("api/*/*.py")
    if path.stem != "__init__"
}
hints = {name: typing.get_type_hints(function) for name, function in operations.items()}


def check(value, declared, name):
    """What does not fit one of several types is handed on as it came, without a word: types tell."""
    allowed = set(re.findall(r"\w+", declared))
    if "Any" in allowed:
        return
    kind = "None" if value is None else type(value).__name__
    if kind not in allowed and not (kind == "int" and "float" in allowed):
        raise TypeError(f"{name}: {value!r} was left as it is, and should be {declared}")
    if isinstance(value, list):
        for item in value:
            check(item, declared, name)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            if field.name != "additional_properties":
                check(getattr(value, field.name), str(field.type), f"{kind}.{field.name}")


def make(call):
    name = lines.plain(call["operation"])
    response = operations[name](client=client, **lines.arguments(call, hints[name]))
    result = {"status": int(response.status_code)}
    if response.parsed is None:
        return result
    check(response.parsed, type(response.parsed).__name__, "body")
    return result | {"value": response.parsed.to_dict()}


lines.answer(make)
