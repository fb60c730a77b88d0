"""Writes what the services may answer, as JSON lines that the drivers of all languages read.

    cases.py DOCUMENT > CASES
    cases.py --requests DOCUMENT > CASES

Each documented response of each operation is a case, and so is one made from its schema with every field there is. Each of
these comes again with an unknown value in place of each enum's, with a null in each field that may be absent, and with the
largest integers: one at a time, and all at once. With --requests, the documented bodies of requests are written instead.
"""

import copy
import json
import pathlib
import sys

SAMPLES = {
    "boolean": True,
    "integer": 1,
    "number": 1.5,
    "string": "text",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "00112233-4455-6677-8899-aabbccddeeff",
}
UNKNOWN = {"string": "not among the values", "integer": 1023}
# What each format holds; that of 64 bits is the largest that JavaScript has, too.
LARGEST = {"int32": 2**31 - 1, "int64": 2**53 - 1}
# A status that no operation describes stands for `default`. Drivers in Python take none that HTTP does not know.
OTHER_STATUS = 502


class Document:
    def __init__(self, path):
        self.root = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))

    def resolve(self, node):
        while "$ref" in node:
            target = self.root
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operations(self):
        for item in self.root["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict) and "responses" in operation:
                    yield operation

    def body(self, message):
        """The schema and the examples of a request's or a response's body."""
        media = self.resolve(message).get("content", {}).get("application/json", {})
        examples = {name: self.resolve(example)["value"] for name, example in media.get("examples", {}).items()}
        if "example" in media:
            examples["example"] = media["example"]
        return media.get("schema"), examples

    def parts(self, schema):
        """The schema with what its allOf and the first of its alternatives say."""
        schema = self.resolve(schema)
        whole = {**schema, "properties": dict(schema.get("properties", {})), "required": list(schema.get("required", []))}
        for part in schema.get("allOf", []) + schema.get("oneOf", [])[:1] + schema.get("anyOf", [])[:1]:
            part = self.parts(part)
            whole["properties"].update(part["properties"])
            whole["required"] += part["required"]
            whole = {**part, **whole}
        return whole

    def sample(self, schema, above=()):
        """A value with every field that the schema has. Where a schema contains itself, it ends with a null."""
        if "$ref" in schema:
            if schema["$ref"] in above:
                return None
            above += (schema["$ref"],)
        schema = self.parts(schema)
        values = schema.get("enum") or schema.get("x-extensible-enum")
        if values:
            return next(value for value in values if value is not None)
        if "example" in schema:
            return schema["example"]
        if schema.get("type") == "array":
            return [self.sample(schema["items"], above)]
        if schema["properties"] or schema.get("type") == "object":
            body = {name: self.sample(field, above) for name, field in schema["properties"].items()}
            if isinstance(schema.get("additionalProperties"), dict):
                body["any_name"] = self.sample(schema["additionalProperties"], above)
            return body
        kind = schema.get("type", "string")
        if kind in ("integer", "number"):
            return max(SAMPLES[kind], schema.get("minimum", 0))
        return SAMPLES.get(schema.get("format"), SAMPLES[kind])

    def changes(self, schema, value, pointer=()):
        """What may stand in the value instead: kind of change, pointer, value. Of a list, its first element tells."""
        schema = self.parts(schema)
        if (schema.get("enum") or schema.get("x-extensible-enum")) and value is not None:
            yield "unknown value", pointer, UNKNOWN[schema.get("type", "string")]
        elif schema.get("format") in LARGEST and value is not None:
            yield "largest", pointer, min(LARGEST[schema["format"]], schema.get("maximum", LARGEST[schema["format"]]))
        if isinstance(value, list) and value and "items" in schema:
            yield from self.changes(schema["items"], value[0], pointer + (0,))
        if isinstance(value, dict):
            for name, inner in value.items():
                field = schema["properties"].get(name)
                if field is None:
                    if isinstance(schema.get("additionalProperties"), dict):
                        yield from self.changes(schema["additionalProperties"], inner, pointer + (name,))
                    continue
                if name not in schema["required"] or self.resolve(field).get("nullable"):
                    yield "null", pointer + (name,), None
                yield from self.changes(field, inner, pointer + (name,))


def replaced(body, pointer, value):
    body = copy.deepcopy(body)
    if not pointer:
        return value
    inner = body
    for step in pointer[:-1]:
        inner = inner[step]
        # A change further out has put a null here.
        if inner is None:
            return body
    inner[pointer[-1]] = value
    return body


def with_all(body, changes):
    for pointer, value in changes:
        body = replaced(body, pointer, value)
    return body


def below(pointer, changes):
    return any(other[: len(pointer)] == pointer != other for other, _ in changes)


def text(pointer):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def responses(document):
    for operation in document.operations():
        for key, response in operation["responses"].items():
            about = {"operation": operation["operationId"], "response": key}
            about["status"] = OTHER_STATUS if key == "default" else int(key)
            schema, examples = document.body(response)
            if schema is None:
                yield about | {"case": "no body"}
                continue
            for name, body in [*examples.items(), ("every field", document.sample(schema))]:
                yield about | {"case": name, "body": body}
                changes = list(document.changes(schema, body))
                for kind, pointer, value in changes:
                    yield about | {"case": f"{name}, {kind}", "pointer": text(pointer), "body": replaced(body, pointer, value)}
                for kind in ("unknown value", "null", "largest"):
                    of_kind = [(pointer, value) for one, pointer, value in changes if one == kind]
                    if of_kind:
                        yield about | {"case": f"{name}, {kind} everywhere", "body": with_all(body, of_kind)}
                    # A null hides what is below it.
                    innermost = [(pointer, value) for pointer, value in of_kind if not below(pointer, of_kind)]
                    if innermost != of_kind:
                        yield about | {"case": f"{name}, {kind} innermost", "body": with_all(body, innermost)}


def requests(document):
    for operation in document.operations():
        schema, examples = document.body(operation.get("requestBody", {}))
        for name, body in examples.items():
            yield {"operation": operation["operationId"], "case": name, "body": body}


def main():
    document = Document(sys.argv[-1])
    for number, case in enumerate((requests if "--requests" in sys.argv else responses)(document)):
        # Drivers hand the text on as it is: what it means is for the clients to find out.
        if "body" in case:
            case["body"] = json.dumps(case["body"])
        print(json.dumps({"id": number, **case}))


main()
