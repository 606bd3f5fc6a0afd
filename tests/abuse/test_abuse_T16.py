"""T16: the purpose creeps. A later release, a fork or a configuration adds one harmless-looking field, role or grant.

The fork is made here, in this process, piece by piece; the promise tests that anybody can run (`./run promise`) are then
run against it as they are, and each must fail. What is left over: a fork can delete the tests as well; who runs a site
can be asked to show them running.
"""

import gc
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps
from django.urls import path

from alongside.accounts.roles import ROLES
from alongside.consent import rules as consent
from alongside.intake.profiles import FOLDER, ProfileError, parse_profile
from alongside.services import rules as services
from tests.accounts import test_access
from tests.consent import test_deciding
from tests.house import promise, test_privacy

pytestmark = pytest.mark.covers("R29")


def test_the_promise_holds_as_long_as_nothing_was_added():
    test_privacy.test_no_table_can_hold_what_must_not_be_held()
    test_privacy.test_no_form_asks_for_what_must_not_be_held()
    test_privacy.test_nothing_that_can_be_ticked_means_it()
    test_deciding.test_police_never_see_who_somebody_is_nor_anything_about_health()


@pytest.mark.parametrize("name", ["has_warrant", "risk_score", "immigration_status", "license_plate", "last_seen_gps"])
@isolate_apps("alongside.people")
def test_a_column_is_noticed(monkeypatch, name):
    fork = type("Extra", (models.Model,), {
        "__module__": "alongside.people.models", "Meta": type("Meta", (), {"app_label": "people"}),
        name: models.CharField(max_length=1), "PRIVACY": {"id": "code", name: "code"}, "RETENTION": "a year",
    })  # fmt: skip
    monkeypatch.setattr(test_privacy, "MODELS", [*test_privacy.MODELS, fork])
    with pytest.raises(AssertionError, match=name):
        test_privacy.test_no_table_can_hold_what_must_not_be_held()


@isolate_apps("alongside.people")
def test_a_column_nobody_classified_and_a_name_in_clear_are_noticed():
    meta = type("Meta", (), {"app_label": "people"})
    fork = type("Bare", (models.Model,), {"__module__": "alongside.people.models", "Meta": meta,
                                          "remark": models.TextField()})  # fmt: skip
    with pytest.raises(AssertionError, match="without a class"):
        test_privacy.test_every_field_has_a_privacy_class_and_the_table_a_retention(fork)
    clear = type("Clear", (models.Model,), {"__module__": "alongside.people.models", "Meta": meta,
                                            "full_name": models.TextField(), "RETENTION": "a year",
                                            "PRIVACY": {"id": "code", "full_name": "identity"}})  # fmt: skip
    with pytest.raises(AssertionError, match="is not sealed"):
        test_privacy.test_a_sealed_class_is_sealed_and_nothing_else_is(clear)


@pytest.mark.parametrize(("name", "label"), [("warrant", "Anything else?"), ("other", "Criminal history")])
def test_a_question_on_a_form_is_noticed(name, label):
    fork = type("Extra", (forms.Form,), {"__module__": "alongside.desk.forms", name: forms.CharField(label=label)})
    try:
        with pytest.raises(AssertionError, match=f"Extra.{name}"):
            test_privacy.test_no_form_asks_for_what_must_not_be_held()
    finally:
        fork.__module__ = "fork"  # a class lives until it is collected
        del fork
        gc.collect()


def test_a_field_written_into_a_template_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "desk" / "templates" / "desk"
    folder.mkdir(parents=True)
    (folder / "case.html").write_text("<form>" + '<input name="risk_score">' + '<input name="a">' * 20)
    monkeypatch.setattr(test_privacy, "PACKAGE", tmp_path)
    with pytest.raises(AssertionError, match="risk_score"):
        test_privacy.test_no_template_asks_for_it_by_hand()


def test_a_column_of_an_import_is_refused_by_the_program_itself():
    text = (FOLDER / "montgomery.toml").read_text()
    assert parse_profile(text)
    with pytest.raises(ProfileError, match="must never be kept"):
        parse_profile(text.replace('"twp"', '"Warrant Status"'))


def test_a_setting_a_parameter_and_a_command_are_noticed(monkeypatch):
    fork = ['os.environ.get("ALONGSIDE_NCIC_SERVER")', 'request.GET.get("gang")']
    real = promise.sources()
    monkeypatch.setattr(promise, "sources", lambda: [*real, *fork])
    with pytest.raises(AssertionError, match="NCIC"):
        test_privacy.test_no_setting_turns_it_on()
    with pytest.raises(AssertionError, match="gang"):
        test_privacy.test_no_command_and_no_parameter_carries_it()
    monkeypatch.setattr(promise, "our_commands", lambda: ["serve", "setup", "demo", "export_warrants"])
    with pytest.raises(AssertionError, match="export_warrants"):
        test_privacy.test_no_command_and_no_parameter_carries_it()


def test_a_door_is_noticed(monkeypatch):
    real = promise.addresses
    fork = path("people/<uuid:person_id>/criminal-record/", lambda _request: None, name="record")
    monkeypatch.setattr(promise, "addresses", lambda patterns, prefix="": [*real(patterns), str(fork.pattern)])
    with pytest.raises(AssertionError, match="criminal-record"):
        test_privacy.test_no_address_names_what_must_not_be_held()


@pytest.mark.covers("R37")
def test_a_need_or_a_purpose_for_committing_somebody_is_noticed(monkeypatch):
    monkeypatch.setitem(services.NEEDS, "involuntary_commitment", "Held against their will")
    with pytest.raises(AssertionError, match="involuntary_commitment"):
        test_privacy.test_nothing_that_can_be_ticked_means_it()
    monkeypatch.delitem(services.NEEDS, "involuntary_commitment")
    monkeypatch.setitem(consent.PURPOSES, "civil_commitment", "a petition to a court")
    with pytest.raises(AssertionError, match="civil_commitment"):
        test_privacy.test_nothing_that_can_be_ticked_means_it()


@pytest.mark.covers("R20")
def test_one_more_grant_is_noticed(monkeypatch):
    """Needs shown to the officer “so that the visit goes well”."""
    visit = ("outreach_officer", "outreach_visit", "own")
    monkeypatch.setitem(consent.GRANTS, visit, frozenset({"contact", "health"}))
    with pytest.raises(AssertionError, match="outreach_officer outreach_visit own health"):
        test_deciding.test_every_combination_equals_the_golden_table()


@pytest.mark.covers("R20")
def test_a_wider_door_for_police_is_noticed(monkeypatch):
    monkeypatch.setattr(consent, "POLICE_MAY_OPEN", consent.POLICE_MAY_OPEN | {("health", "coach_followup")})
    with pytest.raises(AssertionError):
        test_deciding.test_police_never_see_who_somebody_is_nor_anything_about_health()


def test_a_role_of_the_police_that_sees_people_is_noticed(monkeypatch):
    real = ROLES["outreach_officer"]
    more = SimpleNamespace(**{name: getattr(real, name) for name in ("code", "label", "sentence", "police_may_hold")},
                           permissions=real.permissions | {"see_case"})  # fmt: skip
    monkeypatch.setitem(ROLES, "outreach_officer", more)
    with pytest.raises(AssertionError):
        test_access.test_what_police_may_hold_never_opens_a_case_or_a_need()


def test_no_setting_weakens_the_promise():
    """Agencies configure deadlines and names; none of the settings says who may see what."""
    names = [name for source in promise.sources() for name in promise.settings_read(source)]
    assert len(names) > 5
    weaker = ("DISABLE", "SKIP", "ALLOW_POLICE", "DEBUG_DATA", "EXPORT", "PLAIN", "NO_JOURNAL", "NO_AUDIT", "SUPERUSER")
    assert [name for name in names if any(word in name for word in weaker)] == []
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
