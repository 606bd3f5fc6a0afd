"""What is kept, in which class and for how long; and what can never be kept."""

import ast
import re
import tomllib

import pytest
from django import forms
from django.apps import apps
from django.core.management import call_command
from django.urls import get_resolver

from alongside.identity.fields import CLASSES, SealedField
from tests.house.source import PACKAGE, TOP, modules, room_of_label

KNOWN = {
    "none": "says nothing about anybody",
    "public": "printed on the door",
    "code": "about a person known by a code only",
    "staff": "about somebody who works here",
    "key": "a wrapped key",
} | dict.fromkeys(CLASSES, "sealed")
MODELS = [m for m in apps.get_models() if room_of_label(m._meta.app_label)]


def names(model):
    return {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_field_has_a_privacy_class_and_the_table_a_retention(model):
    """Prevents a column about a person that nobody decided about."""
    privacy = getattr(model, "PRIVACY", {})
    ours = {name for name in names(model) if name in {f.name for f in (*model._meta.fields, *model._meta.many_to_many)}}
    assert sorted(ours - set(privacy)) == [], "fields without a class"
    assert sorted(set(privacy) - ours) == [], "classes of fields that are not there"
    assert sorted(set(privacy.values()) - set(KNOWN)) == [], "unknown classes"
    assert getattr(model, "RETENTION", ""), "no retention"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_a_sealed_class_is_sealed_and_nothing_else_is(model):
    """Prevents a name in clear under the label of a sealed class, and a seal with the keys of another class."""
    for field in model._meta.fields:
        declared = model.PRIVACY.get(field.name)
        if isinstance(field, SealedField):
            assert field.privacy_class == declared, field.name
            assert field.holder, field.name
        else:
            assert declared not in CLASSES, f"{field.name} is called {declared} but is not sealed"


# --- what can never be kept ------------------------------------------------------------------------------------------

FORBIDDEN = {
    "warrant", "warrants", "wanted", "criminal", "crime", "charge", "charges", "charged", "arrest", "arrests",
    "arrested", "probation", "parole", "immigration", "immigrant", "citizenship", "visa", "alien", "ssn",
    "social_security", "plate", "license_plate", "licence_plate", "license_number", "licence_number",
    "drivers_license", "vin", "risk_score", "score", "risk_level", "photo", "photograph", "picture", "image",
    "mugshot", "selfie", "fingerprint", "face", "voice", "biometric", "narrative", "cad_number", "incident_number",
    "call_number", "report_number", "body_camera", "dealer", "supplier", "drug_amount", "quantity", "associates",
    "gang", "gps", "track", "last_seen", "refused", "compliant", "non_compliant", "noncompliant", "counseling_note",
    "counselling_note", "sid", "fbi_number", "ncic", "conviction", "convictions", "jail_record", "booking", "suspect",
    "offender", "counselling", "race_text", "ip_address", "device_id",
}  # fmt: skip


def forbidden_in(name: str) -> set[str]:
    """Forbidden words of a name: `arrest_date`, `LicensePlate`, `risk-score`; not `discharge` and not `template`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    parts = [part for part in re.split(r"[^a-z0-9]+", words) if part]
    pairs = {"_".join(pair) for pair in zip(parts, parts[1:], strict=False)}
    return (set(parts) | pairs) & FORBIDDEN


@pytest.mark.parametrize(
    ("name", "found"),
    [("arrest_date", True), ("LicensePlate", True), ("risk-score", True), ("discharge", False), ("template", False),
     ("priorCharges", True), ("surface", False), ("SSN", True), ("photo_url", True), ("recharged", False)],
)  # fmt: skip
def test_the_scan_finds_forbidden_names(name, found):
    assert bool(forbidden_in(name)) is found


def test_no_table_can_hold_what_must_not_be_held():
    """Prevents a field for warrants, charges, immigration, scores or faces: the tool must not be able to do it."""
    wrong = [
        f"{model._meta.label}.{name}"
        for model in MODELS
        for name in [*names(model), model._meta.model_name, model._meta.db_table]
        if forbidden_in(name)
    ]
    assert not wrong, "\n".join(wrong)


def every_form(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


def test_no_form_asks_for_what_must_not_be_held():
    """Prevents the question itself: what is asked is written down somewhere."""
    list(get_resolver().url_patterns)  # loads every views.py, and with it every form
    ours = [form for form in every_form() if form.__module__.startswith("alongside.")]
    wrong = [
        f"{form.__name__}.{name}"
        for form in ours
        for name, field in form.base_fields.items()
        if forbidden_in(name) or forbidden_in(str(field.label or ""))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_import_profile_takes_what_must_not_be_held():
    """Prevents a column of warrants that comes in with the call log."""
    taken = []

    def walk(value, key):
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, name)
        elif key in {"column", "columns"}:
            taken.extend(value if isinstance(value, list) else [value])

    profiles = sorted(PACKAGE.rglob("call_profiles/*.toml"))
    assert profiles
    for profile in profiles:
        walk(tomllib.loads(profile.read_text()), profile.name)
    assert len(taken) > len(profiles)
    assert [column for column in taken if forbidden_in(column)] == []


def test_no_address_names_what_must_not_be_held():
    """Prevents a door to it."""

    def addresses(patterns, prefix=""):
        for pattern in patterns:
            yield prefix + str(pattern.pattern)
            yield getattr(pattern, "name", None) or ""
            yield from addresses(getattr(pattern, "url_patterns", ()), prefix + str(pattern.pattern))

    assert [address for address in addresses(get_resolver().url_patterns) if forbidden_in(address)] == []


def test_the_migrations_are_complete(db):
    """Prevents a model that differs from its table."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- words about people -----------------------------------------------------------------------------------------------

JUDGING = re.compile(
    r"\b(addicts?|addicted|abusers?|substance abuse|drug abuse|junkies?|junkie|crackheads?|non-?compliant|clients?|"
    r"patients?|offenders?|suspects?|perpetrators?|inmates?|clean time|dirty urine|relapsers?|frequent flyers?|"
    r"felons?|criminals?)\b",
    re.IGNORECASE,
)
REFUSING = re.compile(
    r"\b(person|they|he|she|who|contact|visit|help|service|treatment)\s+(was\s+)?refus(ed|es|al)\b", re.I
)
MACHINES = re.compile(
    r"\b(HTTP|web|e-?mail|git|test|REST|API|S3|IMAP|TLS) clients?\b|`[^`]*`|ePatient\w*|eScene\w*", re.I
)


def judging(text: str) -> list[str]:
    plain = MACHINES.sub("", text)
    return [match.group(0) for pattern in (JUDGING, REFUSING) for match in pattern.finditer(plain)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("the client", True), ("an HTTP client", False), ("The person refused the visit", True), ("Patience", False),
     ("the patient", True), ("the database refuses to change it", False), ("They said not today", False)],
)  # fmt: skip
def test_the_scan_finds_judging_words(text, found):
    assert bool(judging(text)) is found


def screen_strings():
    """What a screen may show: strings marked for translation, reasons of refusals, the words of the rules."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                if called in {"_", "gettext", "gettext_lazy", "ngettext", "no", "Refused", "CommandError"}:
                    for argument in ast.walk(node):
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield f"{module.place}:{argument.lineno}", argument.value
            elif module.kind == "rules" and isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{module.place}:{node.lineno}", node.value


def test_no_screen_judges_anybody():
    """Prevents the word that makes somebody shut the door."""
    wrong = [f"{place}: {judging(text)}" for place, text in screen_strings() if judging(text)]
    for template in sorted(PACKAGE.rglob("templates/**/*.html")):
        text = re.sub(
            r"{%.*?%}(?<!trans)", lambda tag: tag.group(0) if "trans" in tag.group(0) else " ", template.read_text()
        )
        wrong += [f"{template.relative_to(TOP)}: {word}" for word in judging(text)]
    assert not wrong, "\n".join(wrong)


def test_no_page_of_the_docs_judges_anybody():
    """Prevents a second vocabulary; `docs/reference/words.md` lists the words we do not use and may name them."""
    pages = [*sorted((TOP / "docs").rglob("*.md")), *sorted(TOP.glob("*.md"))]
    wrong = [
        f"{page.relative_to(TOP)}: {word}"
        for page in pages
        if page != TOP / "docs" / "reference" / "words.md"
        for word in judging(page.read_text())
    ]
    assert not wrong, "\n".join(wrong)
