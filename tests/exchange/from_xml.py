"""FHIR XML as FHIR JSON, for the guide's examples that are published as XML only. The program itself takes JSON."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import get_args

from fhir.resources.R4B import get_fhir_model_class

FHIR, XHTML = "{http://hl7.org/fhir}", "{http://www.w3.org/1999/xhtml}"


def resource_of(path):
    """The resource of a file."""
    return _resource(ET.parse(path).getroot())  # noqa: S314  # the guide's own files


def _resource(element):
    kind = element.tag.removeprefix(FHIR)
    return {"resourceType": kind} | _parts(element, get_fhir_model_class(kind))


def _parts(element, model):
    """The children by the library's own description of the type: what repeats is a list, numbers and truth have a type."""
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    found = {name: text for name, text in element.attrib.items() if name in ("id", "url")}
    for child in element:
        if child.tag.startswith(XHTML):
            found["div"] = ET.tostring(child, encoding="unicode")
            continue
        name = child.tag.removeprefix(FHIR)
        annotation = fields[name]
        text = str(annotation)
        value = _value(child, annotation)
        if "List[" in text or "list[" in text:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
        extra = _extra(child, model) if "abc." not in text else {}
        if extra:
            found[f"_{name}"] = extra
    return found


def _extra(child, model):
    """What hangs on a primitive: an id or extensions."""
    parts = {"id": child.attrib["id"]} if "id" in child.attrib else {}
    inner = [_parts(one, get_fhir_model_class("Extension")) for one in child if one.tag == f"{FHIR}extension"]
    return parts | ({"extension": inner} if inner else {})


def _value(child, annotation):
    text = str(annotation)
    kind = re.search(r"abc\.(\w+?)Type\b", text)
    if kind:
        name = kind.group(1)
        if name == "Resource":
            return _resource(child[0])
        return _parts(child, get_fhir_model_class(name))
    value = child.attrib.get("value")
    if "bool" in text:
        return value == "true"
    if "Decimal" in text or any("Decimal" in str(part) for part in get_args(annotation)):
        return float(Decimal(value))
    return int(value) if "int," in text else value
