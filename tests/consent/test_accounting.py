"""The accounting: everything that was shared, for as long as the law says, and the same as the journal tells."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.accounts.models import Agency, AgencyKind
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.actions import Told, disclose, disclose_in_emergency, forward, record_consent, revoke_consent
from alongside.consent.models import Disclosure, Emergency
from alongside.consent.queries import accounting_of, recipients_of
from alongside.journal.models import Entry
from tests.cast import person_of

BOTH = ["contact", "health"]
YEAR = timedelta(days=366)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def person(ours):
    return person_of(ours)


def told():
    return Told(new_id(), "Nurse Adeyemi", "Eastpoint Hospital", "breathing")


def for_treatment(person, coach):
    return record_consent(
        person, None, BOTH, by=coach, how="paper", purpose="tpo", designation="treating_providers"
    )  # fmt: skip


def in_the_journal(person):
    """The ids of everything the journal says was shared about somebody."""
    entries = Entry.objects.filter(target=str(person.id), verb__in=["disclosed", "emergency_disclosed"])
    return sorted(entry.detail.get("disclosure") or entry.detail["emergency"] for entry in entries)


ACTS = ("shelter", "recovery", "treating", "emergency", "forward", "take_back")


@pytest.mark.covers("R45")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=7))
def test_it_lists_what_the_journal_lists(ours, coach, acts):
    """Whatever was done in whatever order: the same ids here and there, not one more and not one less."""
    person = person_of(ours)
    consents = [record_consent(person, ours.agencies[name], BOTH, by=coach) for name in ("shelter", "recovery")]
    consents.append(for_treatment(person, coach))
    for act in acts:
        if act == "take_back" and consents:
            revoke_consent(consents.pop(), by=coach)
        elif act == "emergency":
            disclose_in_emergency(person, told(), by=coach)
        elif act == "forward":
            forward(person, ours.agencies["recovery"], BOTH, by=ours.actor("partner"))
        else:
            to = ours.agencies["health" if act == "treating" else act] if act != "take_back" else None
            if to is not None and any(consent.recipient in (to, None) for consent in consents):
                try_to_disclose(person, to, coach)
    lines = accounting_of(coach, [person.id], now())
    assert sorted(str(line.id) for line in lines) == in_the_journal(person)
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def try_to_disclose(person, to, coach):
    before = Disclosure.objects.count()
    try:
        disclose(person, to, BOTH, by=coach)
    except Refused:
        shared = 0
    else:
        shared = 1
    assert Disclosure.objects.count() == before + shared


@pytest.mark.covers("R45")
def test_a_line_says_to_whom_what_why_and_under_which_version(ours, coach, person):
    first = record_consent(person, ours.agencies["shelter"], ["contact"], by=coach)
    record_consent(person, ours.agencies["shelter"], BOTH, by=coach, replaces=first)
    disclose(person, ours.agencies["shelter"], BOTH, by=coach)
    disclose_in_emergency(person, told(), by=coach)
    urgent, agreed = accounting_of(coach, [person.id], now())
    assert (agreed.to, agreed.categories, agreed.why, agreed.version, agreed.basis) == (
        "Harbor Shelter", ("contact", "health"), "referral_send", 2, "agreement"
    )  # fmt: skip
    assert (urgent.basis, urgent.why) == ("emergency", "breathing")
    assert str(urgent.told) == "▮▮▮"


@pytest.mark.covers("R45")
@pytest.mark.parametrize(("years", "agreed", "urgent"), [(2.9, 1, 1), (3.1, 0, 1), (5.9, 0, 1), (6.1, 0, 0)])
def test_three_years_for_what_was_agreed_and_six_for_the_rest(ours, coach, person, years, agreed, urgent):
    record_consent(person, ours.agencies["shelter"], BOTH, by=coach)
    disclose(person, ours.agencies["shelter"], BOTH, by=coach)
    disclose_in_emergency(person, told(), by=coach)
    lines = accounting_of(coach, [person.id], now() + years * YEAR)
    assert [line.basis for line in lines].count("agreement") == agreed
    assert [line.basis for line in lines].count("emergency") == urgent


@pytest.mark.covers("R45")
def test_a_person_of_several_records_is_one(ours, coach):
    people = [person_of(ours) for _ in range(2)]
    for one in people:
        record_consent(one, ours.agencies["shelter"], BOTH, by=coach)
        disclose(one, ours.agencies["shelter"], BOTH, by=coach)
    assert len(accounting_of(coach, [one.id for one in people], now())) == 2


@pytest.mark.covers("R45", "R26")
def test_nobody_who_goes_along_and_nobody_of_another_program_sees_it(cast, ours, coach, person):
    for_treatment(person, coach)
    disclose(person, ours.agencies["health"], BOTH, by=coach)
    for viewer in (ours.actor("outreach_officer"), ours.actor("patrol_officer"), cast.other.actor("coordinator")):
        assert accounting_of(viewer, [person.id], now()) == []
        assert recipients_of(viewer, [person.id], now()) == []


@pytest.mark.covers("R17")
def test_whoever_was_told_as_my_treating_providers_is_one_query_for_three_years(ours, coach, person):
    for_treatment(person, coach)
    record_consent(person, ours.agencies["shelter"], BOTH, by=coach)
    clinics = [
        Agency.objects.create(program=ours.program, name=f"Clinic {n}", kind=AgencyKind.TREATMENT) for n in range(12)
    ]  # fmt: skip
    for agency in (*clinics, ours.agencies["shelter"]):
        disclose(person, agency, BOTH, by=coach)
    with CaptureQueriesContext(connection) as queries:
        lines = recipients_of(coach, [person.id], now())
    assert len(queries) == 1
    assert {line.to for line in lines} == {agency.name for agency in clinics}
    assert {line.basis for line in lines} == {"treating_providers"}
    assert len(recipients_of(coach, [person.id], now() + 2.9 * YEAR)) == 12
    assert recipients_of(coach, [person.id], now() + 3.1 * YEAR) == []


def test_forgetting_who_was_told_leaves_the_line(ours, coach, person):
    disclose_in_emergency(person, told(), by=coach)
    Emergency.objects.update(told=None)
    (line,) = accounting_of(coach, [person.id], now())
    assert line.told is None
