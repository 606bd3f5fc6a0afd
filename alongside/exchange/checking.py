"""Whether something is FHIR R4: its structure by fhir.resources, its required codes by our own small tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from alongside.common.decision import Refused
from alongside.exchange.fhir import BINDINGS, Resource

# The library reads all of R4B under this name; of the resources we use both releases say the same. It takes 0.4 s and
# 31 MB to load, so nobody pays for it who sends nothing.
LIBRARY = "fhir.resources.R4B"
NOT_FHIR = "This does not follow FHIR R4; ask whoever made it to check it."


def check(whole: Resource) -> Resource:
    """The resource as the library writes it after reading it; what is not FHIR R4 is refused in one sentence.

    No value of the file is repeated in the sentence: it may be somebody's name.
    """
    kind = str(whole.get("resourceType", ""))
    try:
        model = import_module(LIBRARY).get_fhir_model_class(kind)
    except (KeyError, LookupError, ValueError, ImportError):
        raise Refused("This is not a resource of FHIR R4: it names no type we can read.") from None
    try:
        read: Resource = json.loads(model.model_validate(whole).model_dump_json())
    except (ValueError, TypeError, RecursionError, AttributeError):
        raise Refused(NOT_FHIR) from None
    for resource in resources_of(whole):
        for (of, name), allowed in BINDINGS.items():
            if resource.get("resourceType") == of and resource.get(name, next(iter(allowed))) not in allowed:
                raise Refused(f"“{name}” of the {of} is not one of the codes FHIR R4 has for it.")
    return read


def resources_of(whole: Resource) -> Iterator[Resource]:
    """The resource, and those of its entries when it is a Bundle."""
    yield whole
    if whole.get("resourceType") == "Bundle":
        for entry in whole.get("entry") or []:
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                yield entry["resource"]


def dangling(bundle: Resource) -> list[str]:
    """The references of a Bundle of ours that lead nowhere in it."""
    there = {entry["fullUrl"] for entry in bundle["entry"]}
    return sorted(set(_references(bundle)) - there)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str):
            yield part["reference"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
