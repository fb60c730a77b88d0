"""The SDK: its operations, requests built from documented examples, and whether it reads a response faithfully."""

import decimal
import importlib
import inspect
import json
import re
import warnings

from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

from description import shape

# The version of each service's API in its SDK.
VERSIONS = {"dcs": "v2", "rds": "v3"}
HTTP_INFO = re.compile(r"_(?P<method>\w+)_http_info")


class Unfit(Exception):
    """The SDK takes no such value, or has no place for it."""


class _NoParameters:
    attribute_map = {}


class Sdk:
    """The SDK of one service."""

    def __init__(self, service):
        package = importlib.import_module(f"huaweicloudsdk{service}.{VERSIONS[service]}")
        self.client = getattr(package, f"{service.capitalize()}Client")
        self.models = importlib.import_module(f"{package.__name__}.model")

    def methods(self):
        """Names of the SDK's methods and of their request classes, by method and path. Where several share these, each
        has a body of its own."""
        found = {}
        for name, function in inspect.getmembers(self.client, inspect.ismethod):
            if match := HTTP_INFO.fullmatch(name):
                info = function(_NoParameters())
                request = info["response_type"].removesuffix("Response") + "Request"
                methods = found.setdefault(shape(info["method"], info["resource_path"]), [])
                methods.append((match["method"], request))
        return found

    def parameters(self, request):
        """The names of a request's parameters."""
        return sorted(getattr(self.models, request).attribute_map.values())

    def members(self, request):
        """The names of the members of a request's body."""
        body = getattr(self.models, request).openapi_types.get("body")
        cls = getattr(self.models, body or "", None)
        return set(cls.attribute_map.values()) if cls else set()

    def request(self, class_name, parameters, body, notes):
        """The SDK's request object. `parameters` and `body` have the names and values of the API; what the SDK has no
        place for is left out and noted, as is a value that the SDK wants in another type."""
        cls = getattr(self.models, class_name)
        built = self._members(cls, parameters, "", notes)
        if body is not None:
            if "body" not in cls.openapi_types:
                raise Unfit(f"{class_name} takes no body")
            built["body"] = self._build(cls.openapi_types["body"], body, "body", notes)
        return cls(**built)

    def _members(self, cls, values, where, notes):
        attributes = {name: attribute for attribute, name in cls.attribute_map.items()}
        members = {}
        for name, value in values.items():
            path = f"{where}.{name}" if where else name
            if name in attributes:
                members[attributes[name]] = self._build(cls.openapi_types[attributes[name]], value, path, notes)
            else:
                notes.append(f"{path} is not in the SDK")
        return members

    def _build(self, kind, value, where, notes):
        if value is None or kind == "object":
            return value
        if match := re.fullmatch(r"list\[(.*)]", kind):
            return [self._build(match[1], item, f"{where}[]", notes) for item in value]
        if match := re.fullmatch(r"dict\(\w+, (.*)\)", kind):
            return {key: self._build(match[1], item, f"{where}.{key}", notes) for key, item in value.items()}
        if kind in ("str", "int", "float", "bool"):
            wanted = {"str": str, "int": int, "float": (int, float), "bool": bool}[kind]
            if isinstance(value, wanted) and (kind == "bool" or not isinstance(value, bool)):
                return value
            # As a user of the SDK would write it, who keeps to its types.
            notes.append(f"{where} is {kind} in the SDK, not {type(value).__name__}")
            if kind == "str":
                return json.dumps(value)
            try:
                return {"true": True, "false": False}[value] if kind == "bool" else {"int": int, "float": float}[kind](value)
            except (KeyError, TypeError, ValueError) as error:
                raise Unfit(f"{where}: {value!r} is no {kind}") from error
        cls = getattr(self.models, kind)
        return cls(**self._members(cls, value, where, notes))


def call(client, method, request):
    """Calls the SDK. Its warnings are errors: it gives them for responses that do not fit its models."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return getattr(client, method)(request)


def misread(response):
    """Where the SDK's model says something else than the JSON that was sent; and, in words, where the SDK's model is another
    one than that of the description, which is no fault of the response."""
    if not response.raw_content.strip():
        return [], []
    wrong, differs = [], []
    _compare(json.loads(response.raw_content, parse_float=decimal.Decimal), response, "", wrong, differs)
    return wrong, sorted(set(differs))


def _compare(sent, read, where, wrong, differs):
    if hasattr(read, "openapi_types"):
        if isinstance(sent, list):
            differs.append(f"{where} in the response is one object in the SDK, not a list")
            return
        if not isinstance(sent, dict):
            wrong.append(f"{where or 'the response'}: {sent!r} was read as {type(read).__name__}")
            return
        attributes = {name: attribute for attribute, name in read.attribute_map.items()}
        for name, value in sent.items():
            path = f"{where}.{name}" if where else name
            if name not in attributes:
                differs.append(f"{path} in the response is not in the SDK")
            # A null and an empty object for a text are the services' ways to say nothing.
            elif value not in (None, {}):
                _compare(value, getattr(read, attributes[name]), path, wrong, differs)
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for one, other in zip(sent, read):
            _compare(one, other, f"{where}[]", wrong, differs)
    elif not _same(sent, sanitize_for_serialization(read)):
        wrong.append(f"{where}: {sent!r} was read as {read!r}")


def _same(sent, read):
    """The SDK turns numbers into texts and back; what counts is that the value stays."""
    if isinstance(sent, bool) or isinstance(read, bool):
        return str(sent).lower() == str(read).lower()
    try:
        return sent == read or float(sent) == float(read)
    except (TypeError, ValueError):
        return str(sent) == str(read)
