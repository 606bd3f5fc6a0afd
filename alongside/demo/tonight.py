"""What is productive now, in the demonstration: beds, a ride on the way, who did not answer, kits in cars, loved ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from alongside.accounts.models import Agency
from alongside.cases.models import Assignment, Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.ids import new_id
from alongside.demo import backdating
from alongside.demo.arrivals import Crew
from alongside.demo.samples import partner_directory
from alongside.demo.staff import CEDAR, HOUSE, POLICE, RECOVERY, RIDES, SHELTER, SYRINGE, TREATMENT
from alongside.families.actions import Given, NewLovedOne, add_loved_one, give, note_bereaved
from alongside.naloxone.actions import Box, add_place, receive
from alongside.referrals.actions import Plan, note_need
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask, escalate
from alongside.referrals.beds import say_free
from alongside.referrals.cards import card_came, give_card
from alongside.referrals.links import path_of
from alongside.referrals.models import AnswerLink, Referral
from alongside.referrals.rides import RidePlan, ask_ride, move_ride
from alongside.services.actions import import_services
from alongside.services.confirming import confirm_service, link_service
from alongside.services.models import Service

SOURCE = "two-rivers-partners"
# agency, kind, free, minutes ago: fresh, older, and one to ask.
COUNTS = (
    (SHELTER, "shelter_tonight", 3, 50),
    (CEDAR, "shelter_tonight", 1, 6 * 60),
    (TREATMENT, "detox", 2, 130),
    (TREATMENT, "residential", 0, 40),
    (HOUSE, "residential", 1, 15 * 60),
)
# agency, name of the car, lot, days until it expires, kits
CARS = ((RECOVERY, "Coach's car", "RV-2502", 420, 18), (POLICE, "Car 12", "MC-0044", 300, 6))
WAITING_MINUTES = 55


def arrange_tonight(crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    """Everything that is going on at the moment the demonstration is made."""
    coordinator = crew.actor("coordinator")
    _partners_in_the_directory(agencies, coordinator)
    for name, kind, free, minutes in COUNTS:
        beds = say_free(agencies[name], kind, free, by=partner_of(agencies[name]), how="account")
        backdating.beds_said(beds, moment - timedelta(minutes=minutes))
    cases = _cases_of("coach", crew)
    for act, case in zip((_bed_and_ride, _nobody_answered, _one_said_no), cases, strict=False):
        act(case, crew, agencies, moment)
    escalate(by=Actor.system(coordinator.program_id))
    backdating.noticed(coordinator.program_id)
    _kits_in_cars(crew, agencies, moment)
    _loved_ones(crew, moment)
    card = [give_card(agencies[SYRINGE], by=crew.actor("coach")) for _ in range(3)][0]
    card_came(card.code, by=crew.actor("syringe"))


def partner_of(agency: Agency) -> Actor:
    """Somebody at the desk of a partner, who has no login here."""
    return Actor(None, "partner", agency.program_id, agency_id=agency.id, agency_class=agency.kind)


def link_to_try(program_id: UUID) -> str:
    """The path of one answer that is still waited for, for somebody who wants to see what a partner sees; or nothing."""
    waiting = AnswerLink.objects.filter(program_id=program_id, expires_at__gt=clock(), referral__status="requested")
    link = waiting.order_by("-made_at").first()
    return path_of(link) if link else ""


def _partners_in_the_directory(agencies: dict[str, Agency], by: Actor) -> None:
    import_services(partner_directory(), SOURCE, by=by)
    for service in Service.objects.filter(source=SOURCE):
        link_service(service.id, agencies[service.source_key], by=by)
        if service.source_key in (SHELTER, TREATMENT):
            confirm_service(service.id, by=partner_of(agencies[service.source_key]))


def _cases_of(username: str, crew: Crew) -> list[Case]:
    """Open cases of one coach, the newest first, without a need that is about tonight."""
    teams = Assignment.objects.filter(
        coach=crew.users[username], ended_at=None, case__status__in=("assigned", "in_contact")
    )
    busy = ("shelter_tonight", "detox", "residential", "ride")
    rows = teams.exclude(case__needs__code__in=busy).select_related("case__person", "case__program")
    return [row.case for row in rows.order_by("-case__event_at")]


def _asked(case: Case, code: str, to: list[Agency], crew: Crew, at: datetime) -> list[Referral]:
    need = note_need(case, code, by=crew.actor("coach"))
    referrals = ask(need, [Plan(agency=agency, handoff="called_together") for agency in to], by=crew.actor("coach"))
    for referral in referrals:
        backdating.referral_sent(referral, at)
    return referrals


def _bed_and_ride(case: Case, crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    """Detox said yes and keeps a bed; a volunteer is on the way there with them."""
    referral = _asked(case, "detox", [agencies[TREATMENT]], crew, moment - timedelta(minutes=95))[0]
    answer(referral.id, "accepted", by=crew.actor("detox"), hold_hours=4)
    need = note_need(case, "ride", by=crew.actor("coach"))
    plan = RidePlan("volunteer", agency=agencies[RIDES], referral=referral)
    ride = ask_ride(need, plan, by=crew.actor("coach"))
    move_ride(ride.id, "dispatched", by=partner_of(agencies[RIDES]), how="link")
    backdating.bed_kept(referral, moment - timedelta(minutes=70))
    backdating.ride_moved(ride, moment - timedelta(minutes=60), moment - timedelta(minutes=20))


def _nobody_answered(case: Case, crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    """Two shelters were asked almost an hour ago; neither said anything, and one desk could not be reached."""
    asked = [agencies[SHELTER], agencies[CEDAR]]
    _asked(case, "shelter_tonight", asked, crew, moment - timedelta(minutes=WAITING_MINUTES))
    backdating.not_reached(agencies[CEDAR].id, moment)


def _one_said_no(case: Case, crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    """Two houses were asked for a longer stay; one has no room, the other thinks about it."""
    asked = [agencies[TREATMENT], agencies[HOUSE]]
    full, _open = _asked(case, "residential", asked, crew, moment - timedelta(hours=5))
    answer(full.id, "rejected", by=partner_of(agencies[TREATMENT]), how="link", barrier="no_room")
    backdating.referral_moved(full, moment - timedelta(hours=3))


def _kits_in_cars(crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    holders = {RECOVERY: crew.actor("coach"), POLICE: crew.actor("officer")}
    for name, car, lot, days, kits in CARS:
        place = add_place(agencies[name], car, "car", by=holders[name])
        expires_on = moment.date() + timedelta(days=days)
        receive(agencies[name], Box("nasal_4mg", lot, expires_on, kits, place=place.id), by=holders[name])


def _loved_ones(crew: Crew, moment: datetime) -> None:
    """A mother who learned to use a kit, and a brother whose sister died five weeks ago: the time to ask after him is now."""
    coach = crew.actor("coach")
    mother = add_loved_one(NewLovedOne(new_id(), "parent", "Rosalie", "610-555-0170", language="es"), by=coach)
    give(mother, Given(new_id(), "naloxone", kits=1), by=coach)
    give(mother, Given(new_id(), "training", steps=("recognize",)), by=coach)
    backdating.loved_one_kept(mother, moment - timedelta(days=18))
    brother = add_loved_one(NewLovedOne(new_id(), "sibling", "Anton", "610-555-0171"), by=coach)
    note_bereaved(brother, moment.date() - timedelta(days=35), by=coach)
    backdating.loved_one_kept(brother, moment - timedelta(days=31))
