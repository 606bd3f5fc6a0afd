"""Pressing a button twice sends one referral and keeps one agreement."""

from alongside.consent.actions import record_consent
from alongside.consent.models import Consent
from alongside.referrals.actions import Plan, move_referral, note_need, refer
from alongside.referrals.models import Referral
from alongside.referrals.sharing import agree_and_refer
from tests.cast import case_with_team


def test_the_same_referral_sent_twice_is_one(ours):
    coach = ours.actor("recovery_coach")
    need = note_need(case_with_team(ours), "shelter_tonight", by=coach)
    plan = Plan(agency=ours.agencies["shelter"], named=True)
    for _ in range(2):
        agree_and_refer(need, plan, by=coach, age="adult")
    assert (Referral.objects.count(), Consent.objects.count()) == (1, 1)


def test_after_an_answer_the_same_place_can_be_asked_again(ours):
    coach = ours.actor("recovery_coach")
    need = note_need(case_with_team(ours), "shelter_tonight", by=coach)
    first = refer(need, Plan(agency=ours.agencies["shelter"]), by=coach)
    move_referral(first.id, "rejected", by=ours.actor("partner"))
    assert refer(need, Plan(agency=ours.agencies["shelter"]), by=coach).id != first.id


def test_an_agreement_to_less_does_not_stand_in_the_way_of_a_new_one(ours):
    coach = ours.actor("recovery_coach")
    need = note_need(case_with_team(ours), "shelter_tonight", by=coach)
    record_consent(need.person, ours.agencies["shelter"], ["contact"], by=coach)
    agree_and_refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach, age="adult")
    assert Referral.objects.get().named
    assert Consent.objects.count() == 2
