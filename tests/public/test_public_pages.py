"""The pages without a sign-in: they print what runs, they set nothing, and they are one click away from everywhere."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import ROLES
from alongside.common.clock import now
from alongside.consent import rules as consent
from alongside.journal.actions import record
from alongside.public.printed import everything_kept, grants, hidden_from_police, police_sights
from alongside.public.tested import how_it_went
from alongside.public.wording import NOTICES
from tests.cast import person_of

PAGES = ("trust", "rules", "kept", "privacy", "complain")


@pytest.fixture
def visitor(db):
    return Client()


@pytest.mark.covers("R46")
@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_reads_it_without_a_cookie(visitor, name):
    answer = visitor.get(reverse(name))
    assert answer.status_code == 200
    assert not answer.cookies, "nothing watches a visitor"
    foreign = re.findall(r'(?:src|href|action)="(https?://[^"]+)"', answer.content.decode())
    assert foreign == [], "nothing comes from elsewhere"


@pytest.mark.covers("R46")
@pytest.mark.parametrize("role", ROLES)
def test_from_every_home_the_promise_and_the_complaint_are_one_click_away(ours, role):
    client = Client()
    client.force_login(ours.users[role])
    page = client.get("/", follow=True).content.decode()
    for name in ("trust", "privacy", "complain"):
        assert f'href="{reverse(name)}"' in page, name


def test_what_police_see_is_printed_from_the_running_rules(visitor, monkeypatch):
    assert "treatment records" not in " ".join(what for sight in police_sights() for what, _, _ in sight.facts)
    before = visitor.get(reverse("trust")).content.decode()
    opened = consent.GRANTS | {("data_designee", "morning_list", "past"): frozenset({"origin"})}
    monkeypatch.setattr(consent, "GRANTS", opened)
    after = visitor.get(reverse("trust")).content.decode()
    assert before != after, "a changed rule changes the page"
    assert consent.RELATIONS["past"] not in before
    assert consent.RELATIONS["past"] in after


def test_what_is_hidden_from_police_is_worked_out_not_written_down(monkeypatch):
    assert set(hidden_from_police()) == {consent.CLASSES[kind] for kind in ("identity", "health", "part2")}
    monkeypatch.setattr(consent, "POLICE_MAY_OPEN", consent.POLICE_MAY_OPEN | {("health", "outreach_visit")})
    monkeypatch.setattr(
        consent, "GRANTS", consent.GRANTS | {("outreach_officer", "outreach_visit", "own"): frozenset({"contact", "health"})}
    )
    assert consent.CLASSES["health"] not in hidden_from_police()


def test_every_line_of_the_rules_is_printed(visitor):
    page = visitor.get(reverse("rules")).content.decode()
    assert page.count('<th scope="row">') == len(consent.GRANTS) == len(grants())


def test_everything_kept_comes_from_the_schema(visitor):
    tables = {table.name: table for table in everything_kept()}
    sealed = {name for table in tables.values() for name, _, is_sealed in table.fields if is_sealed}
    assert {"given name", "family name", "phone", "words", "note", "place"} <= sealed
    assert all(table.retention and table.sentence for table in tables.values())
    page = visitor.get(reverse("kept")).content.decode()
    assert "birth date" in page


@pytest.mark.parametrize("code", NOTICES)
def test_the_notice_says_the_same_things_in_each_language(visitor, code):
    ours, english = NOTICES[code], NOTICES["en"]
    assert [len(sentences) for _, sentences in ours.parts] == [len(sentences) for _, sentences in english.parts]
    page = visitor.get(f"{reverse('privacy')}?lang={code}").content.decode()
    assert f'lang="{code}"' in page
    assert "90" in page


def test_an_unknown_language_gives_english(visitor):
    assert NOTICES["en"].title in visitor.get(f"{reverse('privacy')}?lang=xx").content.decode()


@pytest.mark.covers("R46")
def test_the_page_about_complaints_names_the_program_and_the_government(visitor, ours):
    ours.program.privacy_contact = "Privacy desk, 555 0100"
    ours.program.save()
    page = visitor.get(reverse("complain")).content.decode()
    assert "Privacy desk, 555 0100" in page
    assert "1-800-368-1019" in page


@pytest.mark.covers("R35")
def test_how_often_the_promise_was_tested_is_counted_from_the_journal(visitor, ours):
    tested = how_it_went(now())[0]
    assert [row.denied for row in tested.looks] == ["0"] * 4
    with transaction.atomic():
        for _ in range(3):
            record("lookup_denied", kind="person", target="unknown", by=ours.actor("outreach_officer"))
    assert how_it_went(now())[0].looks[0].denied == "1–10"
    page = visitor.get(reverse("trust")).content.decode()
    assert "1–10" in page
    assert "No legal request came" in page


@pytest.mark.covers("R35")
def test_a_month_nobody_signed_shows_as_missing_to_everybody(visitor, ours):
    person_of(ours)
    later = now() + timedelta(days=70)
    tested = next(row for row in how_it_went(later) if row.program == ours.program)
    assert now().date().replace(day=1) in tested.missing
    with_it = render_to_string("public/tested.html", {"tested": tested})
    assert f"{now():%B %Y}" in with_it
    assert "two people have not signed" in with_it
