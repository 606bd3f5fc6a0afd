"""The one door: it asks the rules, writes the journal, and only then opens."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import close_ties, open_tie, record_consent, revoke_consent
from alongside.consent.models import Consent
from alongside.identity.actions import keep_contact
from alongside.identity.keyring import forget
from alongside.identity.models import Contact, DataKey, Identity
from alongside.journal.models import Entry
from alongside.referrals.models import Need
from alongside.visits.models import Attempt
from tests.cast import CANARIES, canaries_in, case_with_everything, person_of, person_who_consented

ASK_FOR, PLACE = CANARIES["identity.Contact.ask_for"], CANARIES["identity.Contact.meeting_place"]


@pytest.fixture
def contact(case):
    return Contact.objects.get(person=case.person)


def asked(viewer, purpose, *sealed, at=None):
    return firewall.open(viewer, purpose, *sealed, now=at)


def is_refused(values):
    return all(isinstance(value, Refused) and value.reason for value in values)


def test_the_team_opens_what_a_visit_needs(ours, contact):
    for role in ("outreach_officer", "recovery_coach"):
        assert asked(ours.actor(role), "outreach_visit", contact.ask_for, contact.meeting_place) == [ASK_FOR, PLACE]


def test_a_coach_who_was_not_assigned_opens_nothing(ours, contact):
    other = ours.user("recovery_coach").actor()
    assert is_refused(asked(other, "outreach_visit", contact.ask_for, contact.meeting_place))


@pytest.mark.covers("R26")
def test_the_officer_opens_neither_the_full_name_nor_any_health_fact(ours, case):
    officer = ours.actor("outreach_officer")
    identity, note = Identity.objects.get(person=case.person), Attempt.objects.get(case=case).note
    words = Need.objects.get(case=case).words
    for purpose in ("outreach_visit", "coach_followup", "referral_send", "coordination"):
        assert is_refused(asked(officer, purpose, identity.given_name, identity.birth_date, note, words))


def test_roles_without_a_person_open_nothing_for_any_purpose(ours, case, contact):
    identity = Identity.objects.get(person=case.person)
    sealed = [contact.ask_for, contact.phone, identity.family_name, Need.objects.get(case=case).words]
    for role in ("patrol_officer", "data_designee", "epidemiologist", "privacy_reviewer", "administrator", "partner"):
        for purpose in ("outreach_visit", "coach_followup", "coordination", "referral_receive", "nonsense"):
            assert is_refused(asked(ours.actor(role), purpose, *sealed))
    assert is_refused(asked(ours.system, "coordination", *sealed))


@pytest.mark.covers("R30")
def test_when_the_assignment_expired_nothing_opens(ours, case, contact):
    later = now() + timedelta(days=ours.program.assignment_days, minutes=1)
    for role in ("outreach_officer", "recovery_coach"):
        assert is_refused(asked(ours.actor(role), "outreach_visit", contact.ask_for, at=later))
    just_before = later - timedelta(minutes=2)
    assert asked(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for, at=just_before) == [ASK_FOR]


@pytest.mark.covers("R30")
def test_when_the_tie_is_closed_nothing_opens(ours, case, contact):
    close_ties(case.person, by=ours.actor("coordinator"), users=[user.id for user in ours.users.values()])
    assert is_refused(asked(ours.actor("outreach_officer"), "outreach_visit", contact.ask_for))


def test_a_new_tie_after_an_old_one_opens_again(ours, case, contact):
    by, coach = ours.actor("coordinator"), ours.users["recovery_coach"]
    close_ties(case.person, by=by, users=[user.id for user in ours.users.values()])
    open_tie(case.person, by=by, user=coach, until=now() + timedelta(days=1))
    assert asked(coach.actor(), "outreach_visit", contact.ask_for) == [ASK_FOR]


@pytest.mark.parametrize("first", ["opened", "closed"])
def test_in_whatever_order_ties_came_an_open_one_opens(ours, first):
    person, coach, by = person_of(ours, canaries=True), ours.users["recovery_coach"], ours.actor("coordinator")
    until = {"opened": now() + timedelta(days=1), "closed": now() - timedelta(days=1)}
    for which in (first, *({"opened", "closed"} - {first})):
        open_tie(person, by=by, user=coach, until=until[which])
    assert asked(coach.actor(), "outreach_visit", Contact.objects.get(person=person).ask_for) == [ASK_FOR]


@pytest.mark.covers("R44")
def test_after_forgetting_nothing_opens_for_anybody(ours, case, contact):
    forget(case.person.id, by=ours.system)
    for role in ("recovery_coach", "coordinator", "outreach_officer"):
        assert is_refused(asked(ours.actor(role), "outreach_visit", contact.ask_for))


def test_after_forgetting_the_team_reads_why(ours, case, contact):
    forget(case.person.id, by=ours.system)
    (answer,) = asked(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for)
    assert answer.reason == firewall.FORGOTTEN


def test_a_class_whose_keys_are_gone_is_forgotten(ours, case, contact):
    """Only some keys destroyed: the rest still opens, what is gone says so."""
    note = Attempt.objects.get(case=case).note
    DataKey.objects.filter(holder=case.person.id, privacy_class="health").delete()
    opened = asked(ours.actor("recovery_coach"), "coach_followup", contact.ask_for, note)
    assert opened[0] == ASK_FOR
    assert opened[1].reason == firewall.FORGOTTEN


def test_another_programs_people_open_for_nobody_here(cast):
    theirs = case_with_everything(cast.other)
    contact, identity = Contact.objects.get(person=theirs.person), Identity.objects.get(person=theirs.person)
    for role in ("coordinator", "recovery_coach", "outreach_officer", "clinician", "partner"):
        for purpose in ("coordination", "outreach_visit", "coach_followup", "referral_receive"):
            assert is_refused(asked(cast.ours.actor(role), purpose, contact.ask_for, identity.given_name))


def test_a_tie_across_programs_opens_nothing(cast):
    """Even if somebody made one."""
    theirs = person_of(cast.other, canaries=True)
    coach = cast.ours.users["recovery_coach"]
    open_tie(theirs, by=cast.other.actor("coordinator"), user=coach, until=now() + timedelta(days=1))
    assert is_refused(asked(coach.actor(), "outreach_visit", Contact.objects.get(person=theirs).ask_for))


# --- partners and agreements ----------------------------------------------------------------------------------------------


@pytest.fixture
def referred(ours):
    """Somebody who agreed, referred to the shelter."""
    person = person_who_consented(ours)
    open_tie(person, by=ours.system, agency=ours.agencies["shelter"], until=now() + timedelta(days=30))
    return person


def test_a_partner_opens_what_the_person_agreed_to(ours, referred):
    contact, identity = Contact.objects.get(person=referred), Identity.objects.get(person=referred)
    opened = asked(ours.actor("partner"), "referral_receive", contact.ask_for, identity.family_name)
    assert opened[0] == ASK_FOR
    assert is_refused(opened[1:])


def test_a_partner_without_an_agreement_opens_nothing(ours):
    person = person_of(ours, canaries=True)
    open_tie(person, by=ours.system, agency=ours.agencies["shelter"], until=now() + timedelta(days=30))
    (answer,) = asked(ours.actor("partner"), "referral_receive", Contact.objects.get(person=person).ask_for)
    assert "not agreed" in answer.reason


@pytest.mark.covers("R05")
def test_an_agreement_that_was_taken_back_closes_at_once(ours, referred):
    revoke_consent(Consent.objects.get(person=referred), by=ours.actor("recovery_coach"))
    assert is_refused(asked(ours.actor("partner"), "referral_receive", Contact.objects.get(person=referred).ask_for))


@pytest.mark.covers("R06")
def test_an_agreement_that_ended_by_itself_closes(ours, referred):
    open_tie(referred, by=ours.system, agency=ours.agencies["shelter"], until=now() + timedelta(days=400))
    later = now() + timedelta(days=91)
    contact = Contact.objects.get(person=referred)
    (answer,) = asked(ours.actor("partner"), "referral_receive", contact.ask_for, at=later)
    assert "ended" in answer.reason


def test_a_second_agreement_holds_when_the_first_ended(ours, referred):
    by = ours.actor("recovery_coach")
    record_consent(referred, ours.agencies["shelter"], ["contact"], by=by)
    first = Consent.objects.filter(person=referred).order_by("given_at").first()
    first.revoked_at = now()
    first.save()
    assert asked(ours.actor("partner"), "referral_receive", Contact.objects.get(person=referred).ask_for) == [ASK_FOR]


@pytest.mark.covers("R24")
def test_another_partner_opens_nothing(ours, referred):
    other = ours.user("partner", employer="recovery").actor()
    assert is_refused(asked(other, "referral_receive", Contact.objects.get(person=referred).ask_for))


# --- the journal --------------------------------------------------------------------------------


@pytest.mark.covers("R51", "R52")
def test_opening_and_denying_are_journaled_by_ids_only(ours, case, contact):
    before = Entry.objects.count()
    identity = Identity.objects.get(person=case.person)
    asked(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for, contact.phone, identity.given_name)
    opened, denied = Entry.objects.filter(seq__gt=before).order_by("seq")
    assert (opened.verb, denied.verb) == ("opened", "denied")
    assert opened.target == denied.target == str(case.person.id)
    assert opened.detail == {"purpose": "outreach_visit", "holders": [str(case.person.id)], "classes": ["contact"]}
    assert denied.detail["classes"] == ["identity"]


@pytest.mark.covers("R52")
def test_no_journal_entry_of_the_whole_job_holds_a_word(ours, case, contact):
    asked(ours.actor("recovery_coach"), "coach_followup", contact.ask_for, Attempt.objects.get(case=case).note)
    for entry in Entry.objects.all():
        assert canaries_in(vars(entry)) == set()
        assert case.person.code not in str(vars(entry))


@pytest.mark.covers("R51")
def test_without_a_journal_nothing_is_opened(ours, contact, monkeypatch):
    opened = []

    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(firewall, "record", full)
    monkeypatch.setattr(firewall, "unseal", lambda values: opened.append(values) or ["leaked"])
    with pytest.raises(OSError, match="no space"):
        asked(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for)
    assert opened == []


def test_several_people_are_one_entry(ours, case):
    others = [person_of(ours, canaries=True) for _ in range(3)]
    before = Entry.objects.count()
    asked(ours.actor("coordinator"), "coordination", *(Contact.objects.get(person=p).ask_for for p in others))
    (entry,) = Entry.objects.filter(seq__gt=before)
    assert entry.target == "several"
    assert entry.detail["holders"] == sorted(str(person.id) for person in others)


# --- order, emptiness, cost --------------------------------------------------------------------------------


def test_answers_come_in_the_order_they_were_asked(ours, case, contact):
    identity = Identity.objects.get(person=case.person)
    opened = asked(
        ours.actor("recovery_coach"), "outreach_visit", None, contact.ask_for, identity.given_name, contact.meeting_place, None
    )  # fmt: skip
    assert [opened[0], opened[1], opened[3], opened[4]] == ["", ASK_FOR, PLACE, ""]
    assert is_refused([opened[2]])


def test_asking_for_nothing_gives_nothing_and_writes_nothing(ours, case):
    before = Entry.objects.count()
    assert asked(ours.actor("coordinator"), "coordination") == []
    assert asked(ours.actor("coordinator"), "coordination", None, None) == ["", ""]
    assert Entry.objects.count() == before


@pytest.mark.parametrize("role", ["coordinator", "recovery_coach", "partner"])
def test_fifty_values_cost_as_many_queries_as_one(ours, role):
    people = [person_of(ours) for _ in range(50)]
    until = now() + timedelta(days=1)
    for person in people:
        keep_contact(person, by=ours.system, ask_for="A.")
        open_tie(person, by=ours.system, user=ours.users["recovery_coach"], until=until)
        open_tie(person, by=ours.system, agency=ours.agencies["shelter"], until=until)
    sealed = [contact.ask_for for contact in Contact.objects.filter(person__in=people)]
    purpose = {"coordinator": "coordination", "recovery_coach": "outreach_visit", "partner": "referral_receive"}[role]
    viewer = ours.actor(role)
    with CaptureQueriesContext(connection) as one:
        asked(viewer, purpose, sealed[0])
    with CaptureQueriesContext(connection) as fifty:
        values = asked(viewer, purpose, *sealed)
    assert len(fifty) == len(one)
    assert len(one) <= 14
    assert len(values) == 50
