"""The operations of a published description."""

import dataclasses
import json
import pathlib
import re

METHODS = ("get", "put", "post", "delete", "patch", "head")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation."""

    id: str
    method: str
    path: str
    statuses: frozenset
    # Of the statuses, those whose responses have a body.
    with_body: frozenset
    # The member of the body that tells it from others under its method and path.
    member: str

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
            # Several operations may share a method and a path.
            for operation in item[method].get("x-variants", [item[method]]):
                operations.append(_operation(operation, method, template, resolve))
    return operations


def _operation(operation, method, template, resolve):
    good = {
        int(status): "content" in resolve(response)
        for status, response in operation["responses"].items()
        if status.startswith("2")
    }
    return Operation(
        operation["operationId"],
        method.upper(),
        template,
        frozenset(good),
        frozenset(status for status, content in good.items() if content),
        operation.get("x-variant", {}).get("field", ""),
    )
