"""The words this house adds to HSDS 3.0: needs, features, and fields kept as written, as terms of one taxonomy.

HSDS has no place for a need of the menu, for a feature, or for an address nobody can take apart. These go out as attributes
with a term of this taxonomy, and come back exactly; the id of a term is made from its code, so every installation has the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from alongside.services.needs import FEATURES
from alongside.services.records import features_of
from alongside.services.rules import NEEDS

NAMESPACE = uuid5(NAMESPACE_URL, "urn:alongside:directory")
TAXONOMY = {
    "id": str(uuid5(NAMESPACE, "taxonomy")),
    "name": "Alongside",
    "description": "What a service answers and offers, and what a list wrote where this standard has no field for it.",
}
NEED, FEATURE, WRITTEN, STAND_IN, OWN = "need", "feature", "written", "stand-in", "own"
# Fields of a service or an organization that go out as written when the standard's own fields would change them.
WRITTEN_FIELDS = (
    "source_organization", "description", "phone", "address", "town", "url", "hours_text", "features", "languages", "eligibility",
    "how_to_apply", "email", "fees", "accessibility", "confirmed_at", "needs",
)  # fmt: skip
_CODES = {
    **{f"{NEED}:{code}": label for code, label in NEEDS.items()},
    **{f"{FEATURE}:{code}": label for code, label in FEATURES.items()},
    **{f"{WRITTEN}:{name}": f"{name.replace('_', ' ')}, as the list writes it" for name in WRITTEN_FIELDS},
    OWN: "written by Alongside; every word is exactly as its directory has it",
    STAND_IN: "stands in for an organization that the list does not hold",
}
_IDS = {str(uuid5(NAMESPACE, f"term {code}")): code for code in _CODES}
_BY_CODE = {code: key for key, code in _IDS.items()}


def term(code: str) -> dict[str, Any]:
    """The taxonomy term of one of our codes, whole."""
    return {
        "id": _BY_CODE[code],
        "code": code,
        "name": _CODES[code],
        "description": _CODES[code],
        "taxonomy": TAXONOMY["name"],
        "taxonomy_detail": TAXONOMY,
    }


def code_of(found: Mapping[str, Any]) -> str:
    """Our code of a term that somebody sends, or nothing when it is another's term."""
    key = found.get("id")
    return _IDS.get(key, "") if isinstance(key, str) else ""


def as_text(value: object) -> str:
    """The value of a field as an attribute carries it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return " ".join(code for code in NEEDS if code in value)
    return "" if value is None else str(value)


def from_text(name: str, text: str) -> Any:
    """The value again; codes nobody knows are left out, and a moment nobody can read is `ValueError`."""
    if name == "confirmed_at":
        return datetime.fromisoformat(text) if text else None
    if name == "needs":
        return frozenset(text.split()) & set(NEEDS)
    if name == "features":
        return features_of(set(text.split()) & set(FEATURES))
    return text
