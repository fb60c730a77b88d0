"""A published document: its operations, schemas, values made from these, and how its operations are called."""

import json
import pathlib

METHODS = ("get", "put", "post", "delete", "patch", "head")
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
# Stands for the value of a field that is left out.
MISSING = object()


class Document:
    def __init__(self, path):
        self.path = pathlib.Path(path).absolute()
        self.service = self.path.stem
        self.root = json.loads(self.path.read_text(encoding="utf-8"))

    def resolve(self, node):
        while "$ref" in node:
            target = self.root
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operations(self):
        """Path, method and operation."""
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def calls(self, fixtures):
        """How the simulated cloud's fixtures are called with clients of this document. An operation that shares its method
        and path with others is called by the name that clients know, with a body of its own."""
        known = {}
        for path, method, operation in self.operations():
            for variant in operation.get("x-variants", [operation]):
                known[variant["operationId"]] = path, method, operation
        for fixture in fixtures:
            path, method, operation = known.pop(fixture["operation"])
            given = dict(fixture["parameters"])
            call = {"name": fixture["operation"], "operation": operation["operationId"], "method": method, "template": path}
            parameters = [*self.root["paths"][path].get("parameters", []), *operation.get("parameters", [])]
            parameters = {one["name"]: one["in"] for one in map(self.resolve, parameters)}
            call |= {"path": {}, "query": {}, "header": {}}
            # In the order in which they stand in the path.
            for name in sorted(given, key=lambda name: path.find("{" + name + "}")):
                call[parameters[name]][name] = given[name]
            if "body" in fixture:
                call["body"] = fixture["body"]
            yield call
        if known:
            raise SystemExit(f"the simulated cloud has no fixture of {self.service}'s {', '.join(known)}")

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
                if name not in schema["required"]:
                    yield "missing", pointer + (name,), MISSING
                yield from self.changes(field, inner, pointer + (name,))
