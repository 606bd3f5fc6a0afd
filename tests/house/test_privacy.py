"""What is kept, in which class and for how long; and what can never be kept."""

import ast
import re
import tomllib

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import get_resolver

from alongside.identity.fields import CLASSES, SealedField
from tests.house import promise
from tests.house.source import PACKAGE, TOP, modules, room_of_label

KNOWN = {
    "none": "says nothing about anybody",
    "public": "printed on the door",
    "code": "about a person known by a code only",
    "staff": "about somebody who works here",
    "key": "a wrapped key",
} | dict.fromkeys(CLASSES, "sealed")
MODELS = [m for m in apps.get_models() if room_of_label(m._meta.app_label)]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
@pytest.mark.covers("R19")
def test_every_field_has_a_privacy_class_and_the_table_a_retention(model):
    """Prevents a column about a person that nobody decided about."""
    privacy = getattr(model, "PRIVACY", {})
    columns = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
    ours = promise.names_of(model) & columns
    assert sorted(ours - set(privacy)) == [], "fields without a class"
    assert sorted(set(privacy) - ours) == [], "classes of fields that are not there"
    assert sorted(set(privacy.values()) - set(KNOWN)) == [], "unknown classes"
    assert getattr(model, "RETENTION", ""), "no retention"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
@pytest.mark.covers("R19")
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

@pytest.mark.parametrize(
    ("name", "found"),
    [("arrest_date", True), ("LicensePlate", True), ("risk-score", True), ("discharge", False), ("template", False),
     ("priorCharges", True), ("surface", False), ("SSN", True), ("photo_url", True), ("recharged", False)],
)  # fmt: skip
def test_the_scan_finds_forbidden_names(name, found):
    assert bool(promise.forbidden_in(name)) is found


@pytest.mark.covers("R29", "R10", "R08")
def test_no_table_can_hold_what_must_not_be_held():
    """Prevents a field for warrants, charges, immigration, scores or faces: the tool must not be able to do it."""
    assert promise.in_models(MODELS) == []


@pytest.mark.covers("R29", "R08")
def test_no_form_asks_for_what_must_not_be_held():
    """Prevents the question itself: what is asked is written down somewhere."""
    forms = promise.our_forms()
    assert len(forms) > 5
    assert promise.in_forms(forms) == []


@pytest.mark.covers("R29")
def test_no_import_profile_takes_what_must_not_be_held():
    """Prevents a column of warrants that comes in with the call log."""
    profiles = sorted(PACKAGE.rglob("*_profiles/*.toml"))
    columns = [column for path in profiles for column in promise.columns_of(tomllib.loads(path.read_text()))]
    assert len(columns) > len(profiles) > 0
    assert promise.in_profiles(profiles) == []


@pytest.mark.covers("R29", "R37")
def test_no_address_names_what_must_not_be_held():
    """Prevents a door to it."""
    patterns = get_resolver().url_patterns
    assert len(list(promise.addresses(patterns))) > 50
    assert promise.in_addresses(patterns) == []


@pytest.mark.covers("R29")
def test_no_setting_turns_it_on():
    """Prevents a promise that an administrator can switch off, or a connector one line of configuration away."""
    assert len([name for source in promise.sources() for name in promise.settings_read(source)]) > 5
    assert promise.in_settings(promise.sources()) == []


@pytest.mark.covers("R29", "R37")
def test_no_command_and_no_parameter_carries_it():
    """Prevents the back door: a command that exports it, an address that filters by it."""
    assert len(promise.our_commands()) > 3
    assert [name for name in promise.our_commands() if promise.forbidden_in(name)] == []
    assert len([name for source in promise.sources() for name in promise.asked_in_url(source)]) > 5
    assert promise.in_parameters(promise.sources()) == []


@pytest.mark.covers("R29", "R37", "R08")
def test_no_template_asks_for_it_by_hand():
    """Prevents a field that no form class knows of, and a printed form for committing somebody."""
    templates = sorted(PACKAGE.rglob("templates/**/*"))
    paths = [path for path in templates if path.is_file()]
    assert len([name for path in paths for name in promise.inputs_of(path.read_text())]) > 10
    assert promise.in_templates(paths) == []


@pytest.mark.covers("R37", "R29")
def test_nothing_that_can_be_ticked_means_it():
    """Prevents a purpose, a need, a reason or an outcome for warrants, or for committing somebody against their will."""
    entries = list(promise.code_tables())
    assert len(entries) > 100
    assert promise.in_tables(entries) == []


MACHINES_ONLY = {"api", "api_key", "api_token", "webhook", "webhooks", "callback_url", "federation", "graphql", "feed"}


@pytest.mark.covers("R36")
def test_there_is_no_key_webhook_or_link_for_machines():
    """Prevents a side door for whoever may not come in: what nobody can be given, police cannot be given either."""
    words = [name for model in MODELS for name in [*promise.names_of(model), model._meta.model_name]]
    words += promise.addresses(get_resolver().url_patterns)
    words += [name for source in promise.sources() for name in promise.settings_read(source)]
    parts = [(word, set(re.split(r"[^a-z0-9]+", word.lower())) | {word.lower()}) for word in words]
    assert [word for word, pieces in parts if pieces & MACHINES_ONLY] == []
    views = [entry.callback for entry in promise.views(get_resolver().url_patterns)]
    assert len(views) > 20
    # A phone of somebody's own shows its key and no cookie, so there is nothing a foreign page could borrow (ADR 29).
    own_phones = {"sync", "check", "leave", "hand_over"}
    assert {view.__name__ for view in views if getattr(view, "csrf_exempt", False)} == own_phones
    assert settings.AUTHENTICATION_BACKENDS == ["alongside.entrance.adapters.PasswordBackend"]


@pytest.mark.parametrize(
    ("scan", "planted"),
    [
        (promise.in_settings, 'os.environ.get("ALONGSIDE_NCIC_URL")'),
        (promise.in_settings, "os.environ['ODMAP_WARRANT_FEED']"),
        (promise.in_parameters, 'request.GET.get("risk_score")'),
        (promise.in_parameters, 'request.POST["ssn"]'),
    ],
)
def test_the_scan_of_sources_finds_what_is_planted(scan, planted):
    assert scan([planted])
    assert scan(["nothing of the kind"]) == []


@pytest.mark.parametrize("text", ['<input type="text" name="warrant">', '<textarea id="narrative"></textarea>'])
def test_the_scan_of_templates_finds_what_is_planted(tmp_path, text):
    page = tmp_path / "page.html"
    page.write_text(text)
    assert promise.in_templates([page])
    page.rename(tmp_path / "civil-commitment.html")
    assert promise.in_templates([tmp_path / "civil-commitment.html"])


def test_the_scan_of_tables_finds_what_is_planted():
    assert promise.in_tables([("x", "involuntary_commitment held against their will")])
    assert promise.in_tables([("x", "counseling talking with somebody")]) == []


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
