"""Whatever happens in whatever order: no bed twice, no need with two places, nobody and nothing forgotten."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.cases.models import FollowUp
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import record_consent
from alongside.consent.models import Consent
from alongside.referrals.actions import Plan, note_need
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask, escalate
from alongside.referrals.beds import arrive, expire_holds, give_back, hold_bed, say_free
from alongside.referrals.links import link_for
from alongside.referrals.models import BedHold, Beds, Need, Referral, Ride
from alongside.referrals.queries import (
    board_for,
    came_back_for,
    holds_that_ended_for,
    rides_that_are_late_for,
    unanswered_for,
)
from alongside.referrals.rides import RidePlan, ask_ride, move_ride
from alongside.referrals.rules import OPEN_STATUSES, RIDE_STATUSES, STATUSES, STAYS, is_late
from alongside.referrals.sharing import take_back

PLACES = ("shelter", "Second Shelter", "Third Shelter")
WANTED = ("shelter_tonight", "detox", "shelter_tonight")
place, who = st.integers(0, len(PLACES) - 1), st.integers(0, len(WANTED) - 1)
STEPS = st.one_of(
    st.tuples(st.just("ask"), who, st.lists(place, min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("ask"), who, st.lists(place, min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("answer"), who, place, st.sampled_from(sorted(STATUSES)), st.booleans()),
    *[st.tuples(st.just("answer"), who, st.just(0), st.just("accepted"), st.booleans())] * 4,
    st.tuples(st.just("answer"), who, place, st.just("accepted"), st.booleans()),
    st.tuples(st.just("free"), place, st.sampled_from(["shelter_tonight", "detox"]), st.integers(0, 2)),
    st.tuples(st.just("hold"), who, place),
    st.tuples(st.just("give back"), who),
    st.tuples(st.just("arrive"), who),
    st.tuples(st.just("take back"), who, place),
    st.tuples(st.just("ride"), who),
    st.tuples(st.just("drive"), who, st.sampled_from(sorted(RIDE_STATUSES))),
    st.tuples(st.just("wait"), st.sampled_from([5, 31, 125])),
)


class Town:
    """Three people, three places, and everything that may happen between them."""

    def __init__(self, ours, agencies, needs, desk, later):
        self.ours, self.needs, self.desk, self.later = ours, needs, desk, later
        self.agencies = [agencies[name] for name in PLACES]
        self.coach, self.coordinator = ours.actor("recovery_coach"), ours.actor("coordinator")

    def sent(self, n, where):
        rows = Referral.objects.filter(need=self.needs[n], agency=self.agencies[where]).order_by("-made_at")
        return rows.select_related("need__case", "agency").first()

    def step(self, what, *words):
        getattr(self, f"do_{what.replace(' ', '_')}")(*words)

    def do_ask(self, n, where):
        named = Consent.objects.filter(person=self.needs[n].person, revoked_at=None).values_list(
            "recipient_id", flat=True
        )
        agencies = [self.agencies[w] for w in where]
        ask(self.needs[n], [Plan(agency=a, named=a.id in set(named)) for a in agencies], by=self.coach)

    def do_answer(self, n, where, to, by_partner):
        if sent := self.sent(n, where):
            answer(sent.id, to, by=self.desk(self.agencies[where]) if by_partner else self.coach)

    def do_free(self, where, kind, free):
        say_free(self.agencies[where], kind, free, by=self.coach, how="phone")

    def do_hold(self, n, where):
        if sent := self.sent(n, where):
            hold_bed(sent, by=self.coach)

    def do_give_back(self, n):
        for hold in BedHold.objects.filter(referral__need=self.needs[n])[:1]:
            give_back(hold, by=self.coach)

    def do_arrive(self, n):
        for hold in BedHold.objects.filter(referral__need=self.needs[n])[:1]:
            arrive(hold, by=self.coach)

    def do_take_back(self, n, where):
        for consent in Consent.objects.filter(person=self.needs[n].person, recipient=self.agencies[where]):
            take_back(consent, by=self.coach)

    def do_ride(self, n):
        going = Referral.objects.filter(need=self.needs[n], status__in=OPEN_STATUSES).first()
        ask_ride(self.needs[n], RidePlan("team_car", referral=going), by=self.coach)

    def do_drive(self, n, to):
        for ride in Ride.objects.filter(need=self.needs[n])[:1]:
            move_ride(ride.id, to, by=self.coach)

    def do_wait(self, minutes):
        self.later(minutes=minutes)
        expire_holds(by=self.ours.system)
        escalate(by=self.ours.system)


def taken(beds):
    """The beds somebody has or is kept one."""
    return set(BedHold.objects.filter(beds=beds, status__in=["held", "arrived"]).values_list("id", flat=True))


class Stock:
    """Beds counted as one would on paper: said, minus those taken, plus those that came back."""

    def __init__(self):
        self.free, self.was, self.said = {}, {}, {}

    def follow(self):
        for beds in Beds.objects.all():
            have = taken(beds)
            if beds.said_at != self.said.get(beds.id):
                self.said[beds.id], self.free[beds.id] = beds.said_at, beds.free
            else:
                self.free[beds.id] = self.free.get(beds.id, 0) + len(self.was.get(beds.id, set())) - len(have)
            self.was[beds.id] = have
        return {beds.id: self.free[beds.id] for beds in Beds.objects.exclude(said_at=None)}


def check(town, stock, moment):
    on_paper = stock.follow()
    board = {(line.agency.id, line.kind): line.left for line in board_for(town.coach, moment)}
    for beds in Beds.objects.exclude(said_at=None):
        assert board[beds.agency_id, beds.kind] == on_paper[beds.id] >= 0
    referrals = list(Referral.objects.select_related("need", "disclosure__consent"))
    unanswered = {row.id for row in unanswered_for(town.coordinator, moment)}
    ended = {row.referral_id for row in holds_that_ended_for(town.coordinator, moment)}
    back = {row.need_id for row in came_back_for(town.coordinator, moment)}
    for need in Need.objects.all():
        mine = [row for row in referrals if row.need_id == need.id]
        states = {row.status for row in mine}
        assert sum(row.status in ("accepted", "in-progress") for row in mine) <= 1
        assert BedHold.objects.filter(referral__need=need, status="held").count() <= 1
        if need.code in STAYS and states - {"cancelled"}:
            assert FollowUp.objects.filter(case_id=need.case_id, reason="after_exit").count() >= 4
        if states & {"rejected", "failed"} and not states & set(OPEN_STATUSES) and need.met_at is None:
            assert need.id in back
    for row in referrals:
        assert (link_for(row) is not None) is (row.status in OPEN_STATUSES)
        assert not (row.status in OPEN_STATUSES and row.named and row.disclosure.consent.revoked_at)
        kept = set(row.holds.values_list("status", flat=True))
        assert "held" not in kept or row.status in ("requested", "accepted")
        if row.status == "requested" and row.answer_due_at < moment:
            assert row.id in unanswered
            assert row.escalated_at
        if row.status == "accepted" and kept and "held" not in kept and row.need.met_at is None:
            assert row.id in ended
    late = {ride.id for ride in rides_that_are_late_for(town.coordinator, moment)}
    assert {r.id for r in Ride.objects.all() if is_late(r.status, r.asked_at, r.due_at, moment)} <= late


@pytest.fixture
def town(ours, places, somebody, coach, desk, later):
    needs = [note_need(somebody(), code, by=coach) for code in WANTED]
    record_consent(needs[0].person, places["Second Shelter"], ["contact", "health"], by=coach)
    for kind in ("shelter_tonight", "detox"):
        say_free(places["shelter"], kind, 1, by=coach, how="phone")
    for need in needs:  # three people, and one bed of each kind at the place all of them are sent to
        ask(need, [Plan(agency=places["shelter"])], by=coach)
    return Town(ours, places, needs, desk, later)


@settings(
    max_examples=settings.get_profile("house").max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=14))
def test_whatever_happens_in_whatever_order(town, steps):
    waited = 0
    try:
        with transaction.atomic():
            stock = Stock()
            check(town, stock, now())
            for what, *words in steps:
                waited += words[0] if what == "wait" else 0
                with suppress(Refused):  # said so, and nothing was changed: that is checked next
                    town.step(what, *words)
                check(town, stock, now())
            transaction.set_rollback(True)
    finally:
        town.later(minutes=-waited)
