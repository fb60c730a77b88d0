"""Decodes cases with a client of openapi-generator `python`: decode.py CLIENT < CASES > RESULTS"""

import importlib
import json
import pathlib
import re
import sys

sys.path.insert(0, sys.argv[1])
import openapi_client
from openapi_client.exceptions import ApiException
from openapi_client.rest import RESTResponse


class Answer:
    """Stands for the HTTP response of urllib3."""

    def __init__(self, case):
        self.status = case["status"]
        self.reason = ""
        self.data = case.get("body", "").encode()
        self.headers = {"content-type": "application/json"}


client = openapi_client.ApiClient()
operations = {}
for path in pathlib.Path(sys.argv[1]).glob("openapi_client/api/*_api.py"):
    module = importlib.import_module(f"openapi_client.api.{path.stem}")
    api = next(item for name, item in vars(module).items() if name.lower() == path.stem.replace("_", ""))(client)
    for name in dir(api):
        if name.endswith("_with_http_info"):
            operations[name.removesuffix("_with_http_info").replace("_", "")] = getattr(api, name)


def decode(case):
    client.rest_client.request = lambda *args, **kwargs: RESTResponse(Answer(case))
    call = operations[re.sub("[^a-z0-9]", "", case["operation"].lower())]
    # Only the response matters: what checks the arguments is passed by.
    unchecked = call.__func__.raw_function
    arguments = unchecked.__code__.co_varnames[1 : unchecked.__code__.co_argcount]
    try:
        value = unchecked(call.__self__, **{name: None for name in arguments} | {"_host_index": 0}).data
    except ApiException as error:
        if error.status != case["status"]:
            raise
        value = error.data
    return client.sanitize_for_serialization(value)


for line in sys.stdin:
    case = json.loads(line)
    try:
        result = {"value": decode(case)}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": case["id"], **result}))
