"""What schemathesis cannot know: the ids of what there is in the simulated cloud. Without them nearly every request would be
refused for an unknown instance."""

import json
import os

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

with open(os.environ["OTCDB_FIXTURES"], encoding="utf-8") as file:
    FIXTURES = json.load(file)


def fixtures(operation):
    """Those of a published operation, or of the operations that share its method and path."""
    variants = operation.get("x-variants", [operation])
    return [FIXTURES[one["operationId"]] for one in variants if one.get("operationId") in FIXTURES]


@schemathesis.hook
def before_load_schema(context, schema):
    """Puts what an operation can be called with in the place of its documented examples."""
    for operation in (one for item in schema["paths"].values() for one in item.values() if isinstance(one, dict)):
        known = fixtures(operation)
        for at, parameter in enumerate(operation.get("parameters", [])):
            if "$ref" in parameter:
                parameter = dict(schema["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]])
                operation["parameters"][at] = parameter
            if known and parameter["name"] in known[0]["parameters"]:
                parameter.pop("examples", None)
                parameter["example"] = known[0]["parameters"][parameter["name"]]
        bodies = {one["operation"]: {"value": one["body"]} for one in known if "body" in one}
        if bodies:
            operation["requestBody"]["content"]["application/json"]["examples"] = bodies


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    known = fixtures(context.operation.definition.raw)
    if path_parameters and known:
        ids = known[0]["parameters"]
        path_parameters |= {name: ids[name] for name in path_parameters if name in ids}
    return path_parameters


@schemathesis.hook
def after_call(context, case, response):
    """Keeps which operations have succeeded."""
    if response.status_code < 300:
        with open(os.environ["OTCDB_SUCCEEDED"], "a", encoding="utf-8") as file:
            print(case.operation.definition.raw["operationId"], file=file)


def holds_null(value):
    if isinstance(value, dict):
        return any(map(holds_null, value.values()))
    return any(map(holds_null, value)) if isinstance(value, list) else value is None


@schemathesis.check
def wrong_data_is_refused(context, response, case):
    """Nulls apart: clients send these for what is absent, and the services take them."""
    if not holds_null(case.body):
        negative_data_rejection(context, response, case)
