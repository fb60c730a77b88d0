"""Holds what a client made of a response against the response itself."""

import json


def lost(sent, decoded, pointer=""):
    """The pointers of what was sent and is not in what was decoded. A null may be left out."""
    if isinstance(sent, dict) and isinstance(decoded, dict):
        for name, value in sent.items():
            yield from lost(value, decoded.get(name), f"{pointer}/{name}")
    elif isinstance(sent, list) and isinstance(decoded, list) and len(sent) == len(decoded):
        for at, (one, other) in enumerate(zip(sent, decoded)):
            yield from lost(one, other, f"{pointer}/{at}")
    elif sent is not None and sent != decoded:
        yield pointer


def fault(result, answered, pointer=""):
    """Where the client refused a response or lost some of it, and why. `answered` is the status and the body that it was
    sent; `pointer` says what is special about the body."""
    if "error" in result:
        return pointer, result["error"]
    if answered is None:
        return "", "no request was sent"
    status, body = answered
    if result.get("status") != status:
        return "", f"the status is {status}, and the client says {result.get('status')}"
    if not body:
        return None
    if result.get("value") is None:
        return pointer, "the body was not decoded"
    for place in lost(json.loads(body), result["value"]):
        return place, "lost in decoding"
    return None
