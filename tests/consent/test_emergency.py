"""A medical emergency: told at once, written down in the same moment, never by police. And a report made outside."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from alongside.accounts.roles import ROLES
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import actions, firewall
from alongside.consent.actions import Told, disclose_in_emergency, note_outside_report, restrict
from alongside.consent.models import Emergency, Tie
from alongside.desk import sharing
from alongside.identity.models import Identity
from alongside.journal.models import Entry
from tests.cast import CANARIES, case_with_team, person_of

FAMILY = CANARIES["identity.Identity.family_name"]


def told(**more):
    return Told(**{"id": new_id(), "name": "Nurse Adeyemi", "affiliation": "Eastpoint Hospital", "nature": "overdose"} | more)


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


FORM = {"nature": "overdose", "name": "Nurse Adeyemi", "affiliation": "Eastpoint Hospital"}


@pytest.mark.covers("R14")
def test_what_the_law_wants_written_down_is_written_down_with_the_view(ours, case):
    coach = ours.users["recovery_coach"]
    page = as_user(coach).post(f"/cases/{case.id}/emergency/", FORM | {"draft": str(new_id())}).content.decode()
    assert FAMILY in page
    assert CANARIES["referrals.Need.words"] in page
    row = Emergency.objects.get()
    assert (row.person, row.by_user, row.nature) == (case.person, coach, "overdose")
    assert abs(now() - row.at) < timedelta(minutes=1)
    assert firewall.open(coach.actor(), "coach_followup", row.told) == ["Nurse Adeyemi, Eastpoint Hospital"]
    verbs = list(Entry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs.index("emergency_disclosed") < len(verbs) - 1 - verbs[::-1].index("opened")


@pytest.mark.covers("R14")
def test_it_opens_for_fifteen_minutes_and_for_this_alone(ours, case):
    coach, family = ours.actor("recovery_coach"), Identity.objects.get(person=case.person).family_name
    assert isinstance(firewall.open(coach, "medical_emergency", family)[0], Refused)
    disclose_in_emergency(case.person, told(), by=coach)
    until = Tie.objects.get(opens="medical_emergency").expires_at
    assert firewall.open(coach, "medical_emergency", family, now=until - timedelta(seconds=1)) == [FAMILY]
    assert isinstance(firewall.open(coach, "medical_emergency", family, now=until)[0], Refused)
    assert timedelta(0) < until - now() <= timedelta(minutes=15)
    other = ours.user("recovery_coach").actor()
    assert isinstance(firewall.open(other, "medical_emergency", family)[0], Refused)


@pytest.mark.covers("R14")
def test_if_the_view_fails_nothing_was_told_and_nothing_is_written(ours, case, monkeypatch):
    def broken(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(sharing.firewall, "open", broken)
    with pytest.raises(OSError, match="no space"):
        sharing.tell_in_emergency(case, told(), by=ours.actor("recovery_coach"))
    assert not Emergency.objects.exists()
    assert not Tie.objects.filter(opens="medical_emergency").exists()


@pytest.mark.covers("R14")
def test_if_it_cannot_be_written_down_nothing_is_opened(ours, case, monkeypatch):
    def full(verb, **_):
        raise OSError("no space left on device")

    monkeypatch.setattr(actions, "record", full)
    before = Entry.objects.filter(verb="opened").count()
    with pytest.raises(OSError, match="no space"):
        sharing.tell_in_emergency(case, told(), by=ours.actor("recovery_coach"))
    assert Entry.objects.filter(verb="opened").count() == before
    assert not Emergency.objects.exists()


@pytest.mark.covers("R14", "R26")
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"recovery_coach", "clinician"}))
def test_nobody_but_a_coach_or_a_clinician(ours, case, role):
    with pytest.raises(Refused):
        disclose_in_emergency(case.person, told(), by=ours.actor(role))
    path = f"/cases/{case.id}/emergency/"
    client = as_user(ours.users[role])
    assert client.get(path).status_code == 404
    assert client.post(path, FORM | {"draft": str(new_id())}).status_code == 404
    assert not Emergency.objects.exists()


@pytest.mark.covers("R14")
@pytest.mark.parametrize("lacking", ["name", "affiliation", "nature"])
def test_without_whom_where_or_why_nothing_opens(ours, case, lacking):
    for empty in ("", "  "):
        with pytest.raises(Refused, match="nothing was opened"):
            disclose_in_emergency(case.person, told(**{lacking: empty}), by=ours.actor("recovery_coach"))
    answer = as_user(ours.users["recovery_coach"]).post(
        f"/cases/{case.id}/emergency/", {name: value for name, value in FORM.items() if name != lacking} | {"draft": new_id()}
    )
    assert answer.status_code == 422
    assert FAMILY not in answer.content.decode()


@pytest.mark.covers("R14")
def test_sent_twice_is_once_and_does_not_lengthen_the_minutes(ours, case):
    coach, one = ours.actor("recovery_coach"), told()
    for _ in range(2):
        disclose_in_emergency(case.person, one, by=coach)
    assert (Emergency.objects.count(), Tie.objects.filter(opens="medical_emergency").count()) == (1, 1)
    with pytest.raises(Refused, match="somebody else"):
        disclose_in_emergency(person_of(ours), one, by=coach)
    with pytest.raises(Refused, match="somebody else"):
        disclose_in_emergency(case.person, one, by=ours.user("clinician").actor())


def test_another_programs_person_is_not_there(cast):
    with pytest.raises(Refused):
        disclose_in_emergency(person_of(cast.other), told(), by=cast.ours.actor("recovery_coach"))


def test_a_coach_without_the_case_finds_no_page(ours, case):
    assert as_user(ours.user("recovery_coach")).get(f"/cases/{case.id}/emergency/").status_code == 404


def test_a_conflict_of_interest_holds_in_an_emergency_too(ours, case):
    coach = ours.users["recovery_coach"]
    restrict(case.person, ["identity"], by=ours.actor("coordinator"), why="conflict", user=coach)
    disclose_in_emergency(case.person, told(), by=coach.actor())
    family = Identity.objects.get(person=case.person).family_name
    assert isinstance(firewall.open(coach.actor(), "medical_emergency", family)[0], Refused)


# --- a report made outside ---------------------------------------------------------------------------------------------


@pytest.mark.covers("R18")
def test_of_a_report_made_outside_only_the_day_and_the_role_are_kept(ours, case, journal):
    coach = ours.users["recovery_coach"]
    sent = {"what": "Zyxreport", "child": "Zyxchild", "agency": "Zyxagency"}
    assert as_user(coach).post(f"/cases/{case.id}/shared/", sent).status_code == 302
    entry = Entry.objects.get(verb="outside_report_made")
    assert (entry.target, entry.role, entry.actor, entry.detail) == (str(case.person_id), "recovery_coach", "recovery_coach", {})
    assert str(coach.id) not in str(vars(entry))
    note_outside_report(case.person, by=coach.actor())
    assert journal().count("outside_report_made") == 1
    note_outside_report(case.person, by=ours.actor("coordinator"))
    assert journal().count("outside_report_made") == 2


@pytest.mark.covers("R18")
def test_there_is_no_table_and_no_field_for_the_report_itself():
    words = ("child", "abuse", "neglect", "mandated", "outside_report")
    fields = [
        f"{model._meta.label}.{field.name}".lower()
        for model in apps.get_models()
        if model.__module__.startswith("alongside.")
        for field in model._meta.get_fields()
    ]
    assert [name for name in fields if any(word in name for word in words)] == []


@pytest.mark.covers("R18")
def test_police_note_nothing_here(ours):
    case = case_with_team(ours)
    with pytest.raises(Refused):
        note_outside_report(case.person, by=ours.actor("outreach_officer"))
    assert as_user(ours.users["outreach_officer"]).post(f"/cases/{case.id}/shared/").status_code == 404
