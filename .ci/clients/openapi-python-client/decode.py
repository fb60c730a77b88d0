"""Decodes cases with a client of openapi-python-client: decode.py CLIENT < CASES > RESULTS"""

import importlib
import json
import pathlib
import re
import sys

import attrs
import httpx

folder = pathlib.Path(sys.argv[1])
package = next(folder.glob("*/client.py")).parent
sys.path.insert(0, str(folder))
client = importlib.import_module(f"{package.name}.client").Client("http://localhost", raise_on_unexpected_status=True)
operations = {
    path.stem.replace("_", ""): importlib.import_module(".".join(path.relative_to(folder).with_suffix("").parts))
    for path in package.glob("api/*/*.py")
    if path.stem != "__init__"
}


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


def decode(case):
    response = httpx.Response(case["status"], content=case.get("body", ""), headers={"Content-Type": "application/json"})
    operation = operations[re.sub("[^a-z0-9]", "", case["operation"].lower())]
    value = operation._build_response(client=client, response=response).parsed
    if value is None:
        return None
    check(value, type(value).__name__, "body")
    return value.to_dict()


for line in sys.stdin:
    case = json.loads(line)
    try:
        result = {"value": decode(case)}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": case["id"], **result}))
