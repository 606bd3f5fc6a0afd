"""Needs noted, referrals sent and answered, and the dangerous day planned for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alongside.cases.models import FollowUp
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.models import Consent, Disclosure
from alongside.referrals.actions import Plan, meet_need, move_referral, note_need, refer
from alongside.referrals.models import Need, Referral
from alongside.referrals.queries import inbox_for, need_for, needs_of, referral_for
from alongside.services.models import Service
from tests.cast import CANARIES, canaries_in, case_with_team, person_who_consented, person_who_withdrew


@pytest.fixture
def case(ours):
    return case_with_team(ours, person_who_consented(ours))


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def shelter(ours):
    return ours.agencies["shelter"]


@pytest.fixture
def service(db):
    return Service.objects.create(name="Harbor Beds", source="list", source_key="1")


@pytest.fixture
def bed(case, coach):
    return note_need(case, "shelter_tonight", by=coach, words=CANARIES["referrals.Need.words"])


def test_a_need_is_noted_once_in_the_persons_words(case, coach, bed, journal):
    assert note_need(case, "shelter_tonight", by=coach) == bed
    assert canaries_in(vars(bed)) == set()
    assert journal() == []
    meet_need(bed, by=coach)
    meet_need(bed, by=coach)
    assert note_need(case, "shelter_tonight", by=coach) != bed
    assert journal() == ["need_noted", "need_noted"]
    assert str(bed) == "shelter_tonight"


def test_one_open_need_of_a_kind_is_a_promise_of_the_database(case, bed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.create(case=case, person=case.person, code="shelter_tonight", noted_at=now())


def test_a_need_that_is_not_on_the_menu_is_refused(case, coach):
    with pytest.raises(Refused):
        note_need(case, "drug_test", by=coach)


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(handoff="information"), Plan(handoff="by_force")], ids=["nothing", "nowhere", "hand-off"]
)
def test_half_a_plan_is_refused(bed, coach, plan):
    with pytest.raises(Refused):
        refer(bed, plan, by=coach)
    assert not Referral.objects.exists()


def test_information_needs_no_agreement(bed, coach, service):
    referral = refer(bed, Plan(service=service, handoff="number"), by=coach)
    assert (referral.status, referral.named) == ("requested", False)
    assert not Disclosure.objects.exists()
    assert str(referral) == "requested"


def test_a_named_referral_is_shared_as_agreed(bed, coach, shelter, journal):
    refer(bed, Plan(agency=shelter, named=True), by=coach)
    assert Disclosure.objects.get().categories == ["contact", "health"]
    assert journal()[-5:] == ["tie_opened", "disclosed", "referral_moved", "link_made", "message_written"]


@pytest.mark.covers("R10")
def test_a_named_referral_without_an_agreement_is_refused_whole(ours, coach, shelter):
    need = note_need(case_with_team(ours, person_who_withdrew(ours)), "shelter_tonight", by=coach)
    with pytest.raises(Refused, match="not agreed"):
        refer(need, Plan(agency=shelter, named=True), by=coach)
    assert not Referral.objects.filter(need=need).exists()


def test_a_name_is_sent_to_nobody_who_does_not_answer_here(bed, coach, service):
    with pytest.raises(Refused, match="partner who answers"):
        refer(bed, Plan(service=service, named=True), by=coach)


def test_no_referral_goes_to_police(ours, bed, coach):
    """Whatever was agreed: an agency that enforces the law is told nothing."""
    police = ours.agencies["police"]
    Consent.objects.create(
        person=bed.person, recipient=police, categories=["contact", "health"], purpose="referral_send", language="en",
        how="spoken", given_at=now(), expires_at=now() + timedelta(days=9),
    )  # fmt: skip
    with pytest.raises(Refused):
        refer(bed, Plan(agency=police, named=True), by=coach)
    with pytest.raises(Refused):
        refer(bed, Plan(agency=police), by=coach)


def test_detox_plans_four_visits_after_the_exit(case, coach, service):
    leaves = now().date() + timedelta(days=4)
    need = note_need(case, "detox", by=coach)
    refer(need, Plan(service=service, expected_exit=leaves), by=coach)
    planned = FollowUp.objects.filter(case=case, reason="after_exit").order_by("due_on")
    assert [((row.due_on - leaves).days, row.day) for row in planned] == [(0, 0), (2, 2), (7, 7), (14, 14)]


def test_the_same_detox_referral_again_plans_nothing_twice(case, coach, service):
    need = note_need(case, "detox", by=coach)
    for _ in range(2):
        refer(need, Plan(service=service), by=coach)
    assert FollowUp.objects.filter(case=case, reason="after_exit").count() == 4


def test_connected_meets_the_need(bed, coach, shelter, journal):
    referral = refer(bed, Plan(agency=shelter), by=coach)
    move_referral(referral.id, "accepted", by=coach)
    move_referral(referral.id, "completed", by=coach)
    count = len(journal())
    move_referral(referral.id, "completed", by=coach)
    bed.refresh_from_db()
    assert bed.met_at is not None
    assert len(journal()) == count


def test_a_partner_answers_and_does_no_more(ours, bed, coach, shelter):
    referral, partner = refer(bed, Plan(agency=shelter), by=coach), ours.actor("partner")
    with pytest.raises(Refused, match="Only the team"):
        move_referral(referral.id, "cancelled", by=partner)
    assert move_referral(referral.id, "on-hold", by=partner).status == "on-hold"
    with pytest.raises(Refused, match="cannot become"):
        move_referral(referral.id, "completed", by=partner)


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.covers("R24")
def test_a_partner_sees_the_own_inbox_only(ours, bed, coach, shelter):
    referral = refer(bed, Plan(agency=shelter), by=coach)
    partner, other = ours.actor("partner"), ours.user("partner", employer="recovery").actor()
    assert inbox_for(partner) == [referral]
    assert referral_for(partner, referral.id, now()) == referral
    assert inbox_for(other) == []
    assert referral_for(other, referral.id, now()) is None
    move_referral(referral.id, "rejected", by=partner)
    assert inbox_for(partner) == []


@pytest.mark.covers("R26")
def test_police_and_strangers_see_no_need_and_no_referral(cast, case, bed, coach, shelter):
    referral = refer(bed, Plan(agency=shelter), by=coach)
    strangers = [
        cast.outreach_officer,
        cast.patrol_officer,
        cast.other.actor("coordinator"),
        cast.other.actor("partner"),
    ]
    for viewer in strangers:
        assert needs_of(viewer, case.id, now()) == []
        assert need_for(viewer, bed.id, now()) is None
        assert referral_for(viewer, referral.id, now()) is None
        assert inbox_for(viewer) == []
    assert needs_of(coach, case.id, now()) == [bed]
    assert need_for(coach, bed.id, now()) == bed
    assert referral_for(coach, referral.id, now()) == referral
