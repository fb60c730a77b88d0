"""The operations of a published description."""

import dataclasses
import json
import pathlib
import re

METHODS = ("get", "put", "post", "delete", "patch", "head")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation. `parameters` are names. `items` says where a list stands in the response."""

    id: str
    method: str
    path: str
    parameters: frozenset
    statuses: frozenset
    # Of the statuses, those whose responses have a body.
    with_body: frozenset
    resource: str
    waiter: dict
    items: str

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

    operations = []
    for template, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            parameters = map(resolve, [*item.get("parameters", []), *operation.get("parameters", [])])
            good = {
                int(status): "content" in resolve(response)
                for status, response in operation["responses"].items()
                if status.startswith("2")
            }
            with_body = frozenset(status for status, content in good.items() if content)
            operations.append(
                Operation(
                    operation["operationId"],
                    method.upper(),
                    template,
                    frozenset(parameter["name"] for parameter in parameters),
                    frozenset(good),
                    frozenset(status for status, content in good.items() if content),
                    operation.get("x-resource", ""),
                    operation.get("x-waiter"),
                    operation.get("x-pagination", {}).get("items", ""),
                )
            )
    return operations
