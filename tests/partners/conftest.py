"""Places that were asked for something, and the links they were sent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from alongside.accounts.models import Agency, AgencyKind
from alongside.consent.actions import record_consent
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.links import link_for, path_of
from alongside.referrals.models import AnswerLink, Referral
from alongside.referrals.rides import RidePlan, ask_ride
from tests.cast import CANARIES, Side, case_with_team, person_of, person_who_consented

WORDS = CANARIES["referrals.Need.words"]
NAME = CANARIES["identity.Contact.ask_for"]


@pytest.fixture(autouse=True)
def no_tries_yet(db):
    """The limits stand in the database's cache; the suite's own is kept between tests."""
    cache.clear()


@dataclass
class Asked:
    """One place that was asked, and its link."""

    referral: Referral
    link: AnswerLink

    @property
    def path(self) -> str:
        return path_of(self.link)

    @property
    def status(self) -> str:
        self.referral.refresh_from_db()
        return self.referral.status


def asked(
    who: Side, agency: str | Agency = "shelter", named: bool = True, need: str = "shelter_tonight", of=None
) -> Asked:
    """A referral with its link; `of` is a need that was noted before."""
    place = who.agencies[agency] if isinstance(agency, str) else agency
    coach = who.actor("recovery_coach")
    if of is None:
        person = person_who_consented(who) if named else person_of(who, canaries=True)
        of = note_need(case_with_team(who, person), need, by=coach, words=WORDS)
    referral = refer(of, Plan(agency=place, named=named), by=coach)
    return Asked(referral, link_for(referral))


def another_agency(who: Side, name: str, kind: str = AgencyKind.SHELTER) -> Agency:
    return Agency.objects.create(program=who.program, name=name, kind=kind)


@pytest.fixture
def named(ours) -> Asked:
    return asked(ours)


@pytest.fixture
def unnamed(ours) -> Asked:
    return asked(ours, named=False)


@pytest.fixture
def ride(ours):
    """A ride to the shelter that said yes, with its place to pick up; the driver may know both."""
    drivers = another_agency(ours, "Harbor Wheels", AgencyKind.RIDE)
    to = asked(ours)
    coach = ours.actor("recovery_coach")
    record_consent(to.referral.person, drivers, ["contact"], by=coach)
    plan = RidePlan("volunteer", drivers, to.referral, pick_up=PICK_UP, named=True)
    made = ask_ride(to.referral.need, plan, by=coach)
    return Ride(made, link_for(made), to)


PICK_UP = "Zyxpick-up 77 Ombley Wharf"


@dataclass
class Ride:
    """One ride with its link, and the place it leads to."""

    row: object
    link: AnswerLink
    to: Asked

    @property
    def path(self) -> str:
        return path_of(self.link)


@pytest.fixture
def phone() -> Client:
    """Some telephone: nobody is signed in."""
    return Client()
