"""No entry, no act: what is read, denied, written or taken out stands in the journal, or it did not happen.

And an entry tells of it in ids and codes alone, whatever was typed.
"""

import re

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.identity.actions import keep_contact, recognize_person
from alongside.identity.description import Description
from alongside.identity.models import Contact, Match
from alongside.journal.models import Entry
from alongside.referrals.actions import Plan, note_need, refer
from alongside.review.actions import Danger, break_glass
from alongside.visits.actions import record_attempt
from tests.cast import (
    CANARIES,
    browser_of,
    canaries_in,
    case_with_team,
    incident_for,
    person_of,
    person_who_consented,
    reached,
)

WHY = "Their sister called: pills, and the door is locked."


@pytest.fixture
def world(ours):
    """A case that everybody has something to do with."""
    case = case_with_team(ours, person_who_consented(ours))
    coach = ours.actor("recovery_coach")
    need = note_need(case, "shelter_tonight", by=coach, words=CANARIES["referrals.Need.words"])
    record_attempt(case, reached(note=CANARIES["visits.Attempt.note"]), by=coach)
    refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)
    Match.objects.create(program=ours.program, newer=person_of(ours, canaries=True), older=case.person,
                         reasons=["sound_date"], made_at=now())  # fmt: skip
    incident_for(ours, None)
    case.refresh_from_db()
    return case


def acts(case):
    """(role, method, path, what is sent, the verb it is written down with)."""
    attempt = {"draft": str(new_id()), "channel": "phone", "result": "no_answer", "kit_to": "person"}
    return [
        ("outreach_officer", "GET", "/today/", {}, "opened"),
        ("outreach_officer", "GET", f"/cases/{case.id}/", {}, "opened"),
        ("recovery_coach", "GET", "/today/", {}, "opened"),
        ("recovery_coach", "GET", f"/cases/{case.id}/", {}, "opened"),
        ("coordinator", "GET", f"/cases/{case.id}/", {}, "opened"),
        ("coordinator", "GET", "/matches/", {}, "opened"),
        ("data_designee", "GET", "/intake/morning/", {}, "opened"),
        ("partner", "GET", "/referrals/", {}, "opened"),
        ("epidemiologist", "GET", reverse("reports:month"), {}, "report_read"),
        ("epidemiologist", "GET", reverse("reports:month_csv"), {}, "exported"),
        ("privacy_reviewer", "GET", "/review/", {}, "report_read"),
        ("recovery_coach", "POST", f"/cases/{case.id}/attempt/", attempt, "attempt_recorded"),
        ("recovery_coach", "POST", f"/cases/{case.id}/need/", {"code": "food"}, "need_noted"),
        ("recovery_coach", "POST", f"/cases/{case.id}/wishes/", {"stop": "no_visits"}, "contact_stopped"),
        ("clinician", "POST", f"/review/danger/{case.person_id}/",
         {"category": "violence", "reason": WHY, "untold": ""}, "broke_glass"),
    ]  # fmt: skip


def ask(client, method, path, data):
    return client.get(path, data) if method == "GET" else client.post(path, data)


def rows():
    """How many rows each table has, but for sessions."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "django_session"]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608  # a table of our own
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.covers("R51")
def test_each_read_write_and_export_is_written_down(ours, world):
    for role, method, path, data, verb in acts(world):
        client, before = browser_of(ours.users[role]), Entry.objects.count()
        answer = ask(client, method, path, data)
        assert answer.status_code in (200, 302), (path, answer.status_code)
        verbs = set(Entry.objects.filter(seq__gt=before).values_list("verb", flat=True))
        assert verb in verbs, (path, verbs)


@pytest.mark.covers("R51")
def test_without_the_journal_nothing_is_shown_and_nothing_is_done(ours, world, monkeypatch):
    def broken(self, *args, **kwargs):
        raise DatabaseError("the journal's disk is full")

    clients = {role: browser_of(user, raise_request_exception=False) for role, user in ours.users.items()}
    todo, before = acts(world), rows()
    monkeypatch.setattr(Entry, "save", broken)
    for role, method, path, data, _ in todo:
        answer = ask(clients[role], method, path, data)
        assert answer.status_code == 500, (role, path)
        assert canaries_in(answer.content) == set(), (role, path)
        assert rows() == before, (role, path)


@pytest.mark.covers("R51")
def test_what_is_denied_is_written_down_and_without_the_journal_it_fails(ours, world, monkeypatch):
    sealed = Contact.objects.get(person=world.person).phone
    firewall.open(ours.actor("outreach_officer"), "coordination", sealed)
    assert Entry.objects.order_by("-seq").first().verb == "denied"
    monkeypatch.setattr(Entry, "save", lambda *args, **kwargs: (_ for _ in ()).throw(DatabaseError("full")))
    with pytest.raises(DatabaseError):
        firewall.open(ours.actor("outreach_officer"), "coordination", sealed)


# --- what an entry holds -----------------------------------------------------------------------------------------------

PLAIN = re.compile(r"[\w:.,+/-]{0,64}")


def strings(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(name)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
    else:
        assert value is None or isinstance(value, bool | int), value


@pytest.mark.covers("R52")
def test_a_day_of_work_leaves_ids_and_codes_and_nothing_else(ours, world):
    for role, method, path, data, _ in acts(world):
        ask(browser_of(ours.users[role]), method, path, data)
    assert Entry.objects.count() > 40
    for entry in Entry.objects.all():
        texts = [entry.actor, entry.role, entry.kind, entry.target, *strings(entry.detail)]
        assert canaries_in(str(texts)) == set(), entry
        assert [text for text in texts if not PLAIN.fullmatch(text)] == [], entry


# The mark keeps a word apart from the names of our own fields, which the library likes to try.
words = st.text(st.characters(categories=("L", "N")), min_size=6, max_size=30).map("ẘ".__add__)


@pytest.mark.covers("R52")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_name=words, family_name=words, phone=st.from_regex(r"[2-9][0-9]{9}", fullmatch=True), place=words, note=words)
def test_whatever_is_typed_no_word_of_it_stands_in_the_journal(ours, given_name, family_name, phone, place, note):
    start, by = Entry.objects.count(), ours.actor("coordinator")
    person = recognize_person(Description(given_name, family_name, None, phone), by=by).person
    keep_contact(person, by=by, ask_for=given_name, meeting_place=place, phone=phone)
    case = case_with_team(ours, person)
    coach = ours.actor("recovery_coach")
    note_need(case, "food", by=coach, words=note)
    record_attempt(case, reached(note=note), by=coach)
    break_glass(person, Danger("violence", f"{family_name} {note} in danger now"), by=ours.user("clinician").actor())
    text = str(list(Entry.objects.filter(seq__gt=start).values_list("actor", "role", "kind", "target", "detail")))
    assert [word for word in (given_name, family_name, phone, place, note) if word in text] == []


def test_a_visitor_writes_nothing(db):
    before = Entry.objects.count()
    assert Client().get("/today/").status_code == 302
    assert Entry.objects.count() == before
