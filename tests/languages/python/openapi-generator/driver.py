"""Calls with a client of openapi-generator `python`: driver.py CLIENT"""

import importlib
import os
import pathlib
import sys
import typing

import lines

sys.path.insert(0, sys.argv[1])
import openapi_client
from openapi_client.exceptions import ApiException

configuration = openapi_client.Configuration(host=os.environ["SERVER"], api_key={"Token": os.environ["TOKEN"]})
client = openapi_client.ApiClient(configuration)
operations, hints = {}, {}
for path in pathlib.Path(sys.argv[1]).glob("openapi_client/api/*_api.py"):
    module = importlib.import_module(f"openapi_client.api.{path.stem}")
    api = next(item for name, item in vars(module).items() if name.lower() == path.stem.replace("_", ""))(client)
    for name in dir(api):
        if name.endswith("_with_http_info"):
            operation = lines.plain(name.removesuffix("_with_http_info"))
            operations[operation] = getattr(api, name)
            # What is declared is behind the check of the arguments.
            hints[operation] = typing.get_type_hints(operations[operation].__func__.raw_function)


def make(call):
    name = lines.plain(call["operation"])

    def body(value, kind):
        # Who writes one of several bodies says which.
        if "one_of_schemas" in getattr(kind, "model_fields", {}):
            return kind(getattr(openapi_client, f"{call['name']}Request").from_dict(value))
        return lines.convert(value, kind)

    try:
        response = operations[name](**lines.arguments(call, hints[name], body))
        status, value = response.status_code, response.data
    except ApiException as error:
        if not error.status:
            raise
        status, value = error.status, error.data
    return {"status": status, "value": client.sanitize_for_serialization(value)}


lines.answer(make)
