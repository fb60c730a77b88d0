"""The operations of a published description."""

import dataclasses
import json
import pathlib
import re

# How many items a page is asked for.
PAGE = 100
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
    # How many pages or items a list goes on by, from page to page.
    step: int
    # The link to the operation that tells when work is done.
    finished: dict
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
                operations.append(_operation(operation, method, template, item, resolve))
    return operations


def _operation(operation, method, template, item, resolve):
    parameters = map(resolve, [*item.get("parameters", []), *operation.get("parameters", [])])
    good = {
        int(status): "content" in resolve(response)
        for status, response in operation["responses"].items()
        if status.startswith("2")
    }
    paging = operation.get("x-pagination", {})
    successes = (resolve(response) for status, response in operation["responses"].items() if status.startswith("2"))
    links = (response.get("links", {}).get("finished") for response in successes)
    return Operation(
        operation["operationId"],
        method.upper(),
        template,
        frozenset(parameter["name"] for parameter in parameters),
        frozenset(good),
        frozenset(status for status, content in good.items() if content),
        operation.get("x-resource", ""),
        operation.get("x-waiter"),
        paging.get("items", ""),
        {"index": PAGE, "whole": 0}.get(paging.get("style"), 1),
        next(filter(None, links), None),
        operation.get("x-variant", {}).get("field", ""),
    )
