"""Checks openapi/dist as a user of another language meets it: valid OpenAPI, and the same in YAML and JSON."""

import json
import pathlib
import sys

import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator

failed = False
documents = sorted(pathlib.Path("openapi/dist").glob("*.json"))
if not documents:
    sys.exit("openapi/dist holds no document")
for path in documents:
    document = json.loads(path.read_text(encoding="utf-8"))
    # A YAML 1.1 parser, which reads more texts as dates, numbers and booleans than a 1.2 parser does.
    if yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8")) != document:
        print(f"{path.with_suffix('.yaml')}: a YAML 1.1 parser reads something else than {path} says")
        failed = True
    for error in OpenAPIV30SpecValidator(document).iter_errors():
        print(f"{path}#/{'/'.join(map(str, error.absolute_path))}: {error.message}")
        failed = True
    print(f"{path}: {len(document['paths'])} paths, checked")
sys.exit(failed)
