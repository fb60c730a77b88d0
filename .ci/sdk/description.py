"""The operations of a published description, with their documented examples."""

import dataclasses
import json
import pathlib
import re

METHODS = ("get", "put", "post", "delete", "patch", "head")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation. Keys of `parameters` and `bodies` are names; values are the first example of a parameter,
    None where it has none, and the examples of a body by their names."""

    id: str
    method: str
    path: str
    parameters: dict
    bodies: dict
    statuses: frozenset
    # Of the statuses, those whose answers have a body.
    with_body: frozenset

    @property
    def shape(self):
        return shape(self.method, self.path)


def shape(method, path):
    """What pairs operations: names of path parameters may differ."""
    return method.upper(), re.sub(r"\{[^}]*\}", "{}", path)


def read(path):
    """All operations of an OpenAPI document in JSON, in its order."""
    document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))

    def resolve(value):
        while "$ref" in value:
            target = document
            for key in value["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def examples(holder):
        if "example" in holder:
            return {"example": holder["example"]}
        return {name: resolve(example).get("value") for name, example in holder.get("examples", {}).items()}

    operations = []
    for template, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            parameters = {}
            for parameter in map(resolve, [*item.get("parameters", []), *operation.get("parameters", [])]):
                parameters[parameter["name"]] = next(iter(examples(parameter).values()), None)
            body = resolve(operation["requestBody"]) if "requestBody" in operation else {"content": {}}
            bodies = {}
            for media in body["content"].values():
                bodies.update(examples(media))
            good = {
                int(status): "content" in resolve(answer)
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            }
            with_body = frozenset(status for status, content in good.items() if content)
            name = operation["operationId"]
            operations.append(
                Operation(name, method.upper(), template, parameters, bodies, frozenset(good), with_body)
            )
    return operations
