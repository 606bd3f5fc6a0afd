"""What can never be kept, asked for, imported, configured or named: the scan behind the promise.

Each function takes what it scans, so that `tests/abuse/test_abuse_T16.py` can hand it a fork.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from django import forms
from django.core.management import get_commands
from django.urls import get_resolver

from tests.house.source import PACKAGE, modules, rooms

FORBIDDEN = {
    "warrant", "warrants", "wanted", "criminal", "crime", "charge", "charges", "charged", "arrest", "arrests",
    "arrested", "probation", "parole", "immigration", "immigrant", "citizenship", "visa", "alien", "ssn",
    "social_security", "plate", "license_plate", "licence_plate", "license_number", "licence_number",
    "drivers_license", "vin", "risk_score", "score", "risk_level", "photo", "photograph", "picture", "image",
    "mugshot", "selfie", "fingerprint", "face", "voice", "biometric", "narrative", "cad_number", "incident_number",
    "call_number", "report_number", "body_camera", "dealer", "supplier", "drug_amount", "quantity", "associates",
    "gang", "gps", "track", "last_seen", "refused", "compliant", "non_compliant", "noncompliant", "counseling_note",
    "counseling_notes", "counselling_note", "counseling", "psychotherapy", "sid", "fbi_number", "ncic", "conviction",
    "convictions", "jail_record", "booking", "suspect", "offender", "counselling", "race_text", "ip_address",
    "device_id", "odmap_key", "cjis", "rap_sheet",
    # Committing somebody against their will has no form, file or purpose here.
    "involuntary", "commitment", "civil_commitment", "section_35", "section35", "baker", "detention",
}  # fmt: skip
# Words that a code table may use where a column could not: counseling is something people ask for.
SERVICES_SAY = {"counseling", "counselling"}
# Rooms whose tables speak of the law's demands on us, or of the posts of staff, and never of a person served.
OF_THE_HOUSE = {"legal", "accounts", "journal"}
# A button that a rule disables; nobody is called so.
HARMLESS_FILES = {"refused_button"}


def forbidden_in(name: str) -> set[str]:
    """Forbidden words of a name: `arrest_date`, `LicensePlate`, `risk-score`; not `discharge` and not `template`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    parts = [part for part in re.split(r"[^a-z0-9]+", words) if part]
    pairs = {"_".join(pair) for pair in zip(parts, parts[1:], strict=False)}
    return (set(parts) | pairs) & FORBIDDEN


def names_of(model: type) -> set[str]:
    """The names of a model's own fields."""
    return {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}


def in_models(models: Iterable[type]) -> list[str]:
    """Tables and columns that could hold it."""
    return [
        f"{model._meta.label}.{name}"
        for model in models
        for name in [*names_of(model), model._meta.model_name, model._meta.db_table]
        if forbidden_in(name)
    ]


def every_form(base: type = forms.BaseForm) -> Iterator[type]:
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


def our_forms() -> list[type]:
    list(get_resolver().url_patterns)  # loads every views.py, and with it every form
    return [form for form in every_form() if form.__module__.startswith("alongside.")]


def in_forms(found: Iterable[type]) -> list[str]:
    """Questions that would ask for it."""
    return [
        f"{form.__name__}.{name}"
        for form in found
        for name, field in form.base_fields.items()
        if forbidden_in(name) or forbidden_in(str(field.label or ""))
    ]


def columns_of(profile: Mapping[str, object]) -> Iterator[str]:
    """The columns a declared layout of an import reads."""
    for key, value in profile.items():
        if isinstance(value, dict):
            yield from columns_of(value)
        elif key.endswith(("column", "columns")):
            yield from value if isinstance(value, list) else [value]


def in_profiles(paths: Iterable[Path]) -> list[str]:
    """Imports that would carry it in."""
    return [
        f"{path.name}: {column}"
        for path in paths
        for column in columns_of(tomllib.loads(path.read_text()))
        if forbidden_in(column)
    ]


def addresses(patterns: Iterable[object], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        yield prefix + str(pattern.pattern)
        yield getattr(pattern, "name", None) or ""
        yield from addresses(getattr(pattern, "url_patterns", ()), prefix + str(pattern.pattern))


def views(patterns: Iterable[object]) -> Iterator[object]:
    """Every address that answers by itself."""
    for pattern in patterns:
        if getattr(pattern, "callback", None) is not None:
            yield pattern
        yield from views(getattr(pattern, "url_patterns", ()))


def in_addresses(patterns: Iterable[object]) -> list[str]:
    """Doors to it, the names of their arguments among them."""
    return [address for address in addresses(patterns) if forbidden_in(address)]


def settings_read(source: str) -> list[str]:
    """Every setting that a source reads from the environment."""
    return re.findall(r"environ(?:\.get\(|\[)\s*[\"']([A-Z0-9_]+)", source)


def in_settings(sources: Iterable[str]) -> list[str]:
    """Switches that would let somebody turn it on."""
    return [name for source in sources for name in settings_read(source) if forbidden_in(name)]


def our_commands() -> list[str]:
    return [name for name, app in get_commands().items() if str(app).startswith("alongside.")]


def asked_in_url(source: str) -> list[str]:
    """Every parameter that a page reads from an address or takes from a form by hand."""
    return re.findall(r"\.(?:GET|POST)(?:\.get(?:list)?\(|\[)\s*[\"']([\w-]+)", source)


def in_parameters(sources: Iterable[str]) -> list[str]:
    """Parameters that would carry it."""
    return [name for source in sources for name in asked_in_url(source) if forbidden_in(name)]


def inputs_of(template: str) -> list[str]:
    """The names of what a template lets somebody fill in, and where it sends it."""
    return re.findall(r"<(?:input|select|textarea|button|form)\b[^>]*?\b(?:name|action|id)=[\"']([^\"']+)", template)


def in_templates(paths: Iterable[Path]) -> list[str]:
    """Templates that are named for it, or that ask for it."""
    return [
        f"{path.name}: {name}"
        for path in paths
        for name in [path.stem, *inputs_of(path.read_text())]
        if name not in HARMLESS_FILES and forbidden_in(re.sub(r"{[{%].*?[%}]}", " ", name))
    ]


def code_tables() -> Iterator[tuple[str, str]]:
    """Every code and its words in the tables of the rules that speak of people served: what can be ticked."""
    for room in rooms():
        if room not in OF_THE_HOUSE and (PACKAGE / room / "rules.py").exists():
            rules = import_module(f"alongside.{room}.rules")
            for name, table in vars(rules).items():
                if name.isupper() and not name.startswith("_") and isinstance(table, dict | frozenset | tuple):
                    for code in table:
                        if isinstance(code, str):
                            words = table[code] if isinstance(table, dict) else ""
                            yield f"{room}.{name}.{code}", f"{code} {words if isinstance(words, str) else ''}"


def in_tables(entries: Iterable[tuple[str, str]]) -> list[str]:
    """Codes that somebody could tick for it."""
    return [name for name, words in entries if forbidden_in(words.split(" ")[0]) - SERVICES_SAY]


def sources() -> list[str]:
    return [module.text for module in modules()]
