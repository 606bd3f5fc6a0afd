"""Notes of a counselling session have no place here, and no agreement unlocks them (42 CFR 2.31(b))."""

import re
import tomllib

import pytest
from django import forms
from django.apps import apps
from django.urls import get_resolver

from alongside.consent.rules import AGREED_FOR, CLASSES, SHAREABLE
from alongside.identity.fields import CLASSES as SEALED_CLASSES
from tests.house.source import PACKAGE

COUNSELLING = re.compile(r"counsell?ing|psychotherap|therapy|session_?note|clinical_?note|treatment_?note", re.I)


@pytest.mark.parametrize(
    ("text", "found"),
    [("counseling_note", True), ("CounsellingNotes", True), ("psychotherapy", True), ("session_note", True),
     ("counsel", False), ("note", False), ("session_stamp", False)],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(text, found):
    assert bool(COUNSELLING.search(text)) is found


@pytest.mark.covers("R08")
def test_no_table_has_a_field_for_them():
    names = [
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if model.__module__.startswith("alongside.")
        for field in model._meta.get_fields()
        for name in (model._meta.db_table, field.name, str(getattr(field, "help_text", "")))
    ]
    assert len(names) > 100
    assert [name for name in names if COUNSELLING.search(name)] == []


def every_form(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


@pytest.mark.covers("R08")
def test_no_form_asks_for_them():
    list(get_resolver().url_patterns)
    asked = [
        f"{form.__name__}.{name}: {field.label} {field.help_text}"
        for form in every_form()
        if form.__module__.startswith("alongside.")
        for name, field in form.base_fields.items()
    ]
    assert len(asked) > 30
    assert [question for question in asked if COUNSELLING.search(question)] == []


@pytest.mark.covers("R08")
def test_no_import_takes_them():
    profiles = sorted(PACKAGE.rglob("*_profiles/*.toml"))
    assert profiles
    for profile in profiles:
        assert tomllib.loads(profile.read_text())
        assert not COUNSELLING.search(profile.read_text()), profile.name


@pytest.mark.covers("R08")
def test_no_agreement_is_about_them():
    assert set(SHAREABLE) == {"contact", "health", "part2"}
    assert set(CLASSES) == set(SEALED_CLASSES)
    assert not COUNSELLING.search(" ".join([*CLASSES, *CLASSES.values(), *AGREED_FOR, *AGREED_FOR.values()]))
