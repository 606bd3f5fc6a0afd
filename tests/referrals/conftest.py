"""Three shelters, a detox, drivers and syringe services; somebody who wants a bed; and a clock that can be put on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alongside.accounts.models import Agency, AgencyKind
from alongside.common import clock
from alongside.common.actor import Actor
from alongside.consent.actions import record_consent
from alongside.referrals.actions import note_need
from tests.cast import case_with_team, person_of, person_who_consented

KINDS = {
    "Second Shelter": AgencyKind.SHELTER, "Third Shelter": AgencyKind.SHELTER, "Fourth Shelter": AgencyKind.SHELTER,
    "Quiet Detox": AgencyKind.TREATMENT, "Loud Detox": AgencyKind.TREATMENT, "Harbor Rides": AgencyKind.RIDE,
    "Point Exchange": AgencyKind.SYRINGE_SERVICES,
}  # fmt: skip


@pytest.fixture
def places(ours):
    """Every agency of our program by its name, the shelter of the cast as “shelter”."""
    for name, kind in KINDS.items():
        ours.agencies[name] = Agency.objects.create(program=ours.program, name=name, kind=kind)
    return ours.agencies


@pytest.fixture
def shelters(places):
    return [places["shelter"], places["Second Shelter"], places["Third Shelter"]]


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def desk():
    """Whoever answers for an agency, by a link and without an account."""
    return desk_of


def desk_of(agency):
    return Actor(None, "partner", agency.program_id, agency.id, agency.kind)


@pytest.fixture
def somebody(ours, coach):
    """A case with a team of somebody who agreed that the shelter is told; of another one each time."""
    return lambda: case_with_team(ours, person_who_consented(ours))


@pytest.fixture
def bed(somebody, coach):
    return note_need(somebody(), "shelter_tonight", by=coach, words="a warm room")


@pytest.fixture
def detox(ours, coach, places):
    """Detox is wanted, and the quiet one and the drivers may be told by whom."""
    case = case_with_team(ours, person_of(ours, canaries=True))
    record_consent(case.person, places["Quiet Detox"], ["contact", "health"], by=coach)
    record_consent(case.person, places["Harbor Rides"], ["contact"], by=coach)
    return note_need(case, "detox", by=coach)


@pytest.fixture
def later(monkeypatch):
    """Put the clock on: `later(hours=3)` counts from where it stands."""
    passed = [timedelta()]

    class Watch(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + passed[0]

    monkeypatch.setattr(clock, "datetime", Watch)

    def put_on(**how_much):
        passed[0] += timedelta(**how_much)

    return put_on
