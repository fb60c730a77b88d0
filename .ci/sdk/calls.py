"""Calls operations with Huawei Cloud's SDKs as a test asks for it: reads requests, one JSON object a line, and writes what
became of each, one a line. `tests/suite/sdk.rs` is that test.

A request has `service`, `operation`, `parameters`, `body`, `endpoint`, `project` and `token`. The answer has one of
`response`, what the cloud sent; `refused`, what the cloud or the SDK said against it; `fault`, where the SDK did not read
what the cloud sent, or broke. At first it writes the operations that the SDKs have, by service,
with their parameters."""

import functools
import json
import os
import sys
import traceback

import description
from client import VERSIONS, Sdk, Unfit, call, misread
from pairs import paired

# Before anything opens a connection: a proxy has no business on loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.signer.signer import Signer


def credentials(token, project):
    """Those of a token, in place of a signature: the clock of the test's cloud is not that of this machine."""

    def sign(request):
        request.header_params["X-Auth-Token"] = token
        Signer.process_request_uri(request)
        return request

    # The SDK takes no class of ours.
    made = BasicCredentials("none", "none", project)
    made.sign_request = sign
    return made


class Service:
    """The operations that one service's SDK and its description share."""

    def __init__(self, name):
        self.sdk = Sdk(name)
        pairs = paired(self.sdk, description.read(f"openapi/dist/{name}.json"))
        self.methods = {operation.id: method for operation, method in pairs if method}

    def parameters(self):
        """The parameters that the SDK has, by operation."""
        return {name: self.sdk.parameters(request) for name, (_, request) in self.methods.items()}

    @functools.lru_cache(maxsize=4)
    def client(self, endpoint, project, token):
        builder = self.sdk.client.new_builder().with_http_config(HttpConfig(timeout=(5, 60)))
        return builder.with_credentials(credentials(token, project)).with_endpoints([endpoint]).build()

    def call(self, asked):
        method, request_class = self.methods[asked["operation"]]
        # The project is the client's: the SDK puts it into the path.
        parameters = {name: value for name, value in asked["parameters"].items() if name != "project_id"}
        try:
            request = self.sdk.request(request_class, parameters, asked.get("body"), [])
            response = call(self.client(asked["endpoint"], asked["project"], asked["token"]), method, request)
        except ServiceResponseException as error:
            return {"refused": f"{error.status_code} {error.error_code} {error.error_msg}"}
        except Unfit as error:
            return {"refused": str(error)}
        if wrong := misread(response)[0]:
            return {"fault": "; ".join(wrong)}
        text = response.raw_content
        return {"response": json.loads(text) if text.strip() else None}


def answer(services, line):
    asked = json.loads(line)
    try:
        return services[asked["service"]].call(asked)
    except Exception:  # Whatever it is, the test tells it.
        return {"fault": traceback.format_exc()}


def main():
    services = {name: Service(name) for name in VERSIONS}
    print(json.dumps({name: service.parameters() for name, service in services.items()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(services, line)), flush=True)


if __name__ == "__main__":
    main()
