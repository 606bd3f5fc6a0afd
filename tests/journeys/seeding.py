"""Run inside an installation: one login per role and enough made-up work for every screen to have something on it."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import django
from django.db import transaction

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402  # Django must be set up first
from allauth.mfa.utils import encrypt  # noqa: E402

from alongside.accounts.models import Agency, Program, Town, User  # noqa: E402  # Django must be set up first
from alongside.cases.actions import assign_team  # noqa: E402
from alongside.cases.models import Case  # noqa: E402
from alongside.cases.receiving import Newcomer, receive_report  # noqa: E402
from alongside.common.actor import Actor  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.consent.actions import record_consent  # noqa: E402
from alongside.identity.tokens import Description  # noqa: E402
from alongside.incidents.rules import Report  # noqa: E402
from alongside.naloxone.actions import receive_kits  # noqa: E402
from alongside.planning.actions import keep_outlines  # noqa: E402
from alongside.referrals.actions import Plan, note_need, refer  # noqa: E402
from alongside.referrals.beds import say_free  # noqa: E402
from alongside.visits.actions import Draft, record_attempt  # noqa: E402

STAFF = {
    "coordinator": ("coordinator", "Imani Okafor", "Harbor Health"),
    "coach": ("recovery_coach", "Teresa Lindgren", "Harbor Recovery"),
    "officer": ("outreach_officer", "Sgt. Marcus Bell", "Harbor Police"),
    "patrol": ("patrol_officer", "Ofc. Dana Whitfield", "Harbor Police"),
    "data": ("data_designee", "Ruth Castellano", "Harbor Police"),
    "clinician": ("clinician", "Samuel Achebe, RN", "Harbor Health"),
    "shelter": ("partner", "Joelle Baptist", "Harbor Night Shelter"),
    "intake": ("partner", "Omar Vance", "Stillwater Detox"),
    "driver": ("partner", "Rosa Adler", "Harbor Wheels"),
    "epidemiologist": ("epidemiologist", "Dr. Henrik Solberg", "Harbor Health"),
    "privacy": ("privacy_reviewer", "Naomi Feldstein", "Harbor Health"),
    "administrator": ("administrator", "Pat Moreau", "Harbor Health"),
}
AGENCIES = {
    "Harbor Health": "health", "Harbor Recovery": "recovery", "Harbor Police": "police",
    "Harbor Night Shelter": "shelter", "Stillwater Detox": "treatment", "Harbor Wheels": "ride",
    "Open Hand": "syringe_services",
}  # fmt: skip
PHONES = {"Harbor Night Shelter": "555-0161", "Stillwater Detox": "555-0162", "Harbor Wheels": "555-0163",
          "Open Hand": "555-0164"}  # fmt: skip


def seed() -> None:
    program = Program.objects.get()
    agencies = {
        name: Agency.objects.create(program=program, name=name, kind=kind, phone=PHONES.get(name, ""))
        for name, kind in AGENCIES.items()
    }
    towns = [Town.objects.create(program=program, name=name) for name in ("Norristown", "Abington")]
    users = {}
    for username, (role, name, agency) in STAFF.items():
        user = User(username=username, display_name=name, role=role, agency=agencies[agency])
        user.set_password(os.environ["SITE_PASSWORD"])
        user.save()
        secret = encrypt(os.environ["SITE_SECRET"])
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
        user.towns.set(towns if role == "data_designee" else [])
        users[username] = user
    actors = {username: user.actor() for username, user in users.items()}
    receive_kits(
        agencies["Harbor Recovery"], "nasal_4mg", "RV-2291", now().date() + timedelta(days=40), 60, by=actors["coach"]
    )
    receive_kits(agencies["Harbor Police"], "nasal_4mg", "HP-0031", now().date() + timedelta(days=300), 24,
                 by=actors["officer"])  # fmt: skip
    say_free(agencies["Harbor Night Shelter"], "shelter_tonight", 3, by=actors["shelter"], how="account")
    say_free(agencies["Stillwater Detox"], "detox", 2, by=actors["intake"], how="account")
    corners = [(-75.37, 40.10), (-75.32, 40.10), (-75.31, 40.14), (-75.36, 40.15), (-75.37, 40.10)]
    east = [(lon + 0.2, lat) for lon, lat in corners]
    keep_outlines({"norristown": [corners], "abington": [east]}, by=Actor.system(program.id))
    people(actors, towns)
    work(actors, users, agencies)


def people(actors: dict[str, Actor], towns: list[Town]) -> None:
    told: list[tuple[int, tuple[str, str, date], dict[str, Any], tuple[str, ...]]] = [
        (30, ("Orla", "Vexley", date(1988, 4, 2)), {"meeting_place": "The bench by the old mill"}, ("left_hospital",)),
        (9, ("Odric", "Plumtree", date(1979, 9, 30)), {"phone": "555-0142"}, ("unhoused", "asked_for_help")),
        (5, ("Odrick", "Plumtre", date(1979, 9, 30)), {}, ()),
        (80, ("Wendeline", "Askworth", date(1994, 1, 12)), {"meeting_place": "Room 4, Lamplight Inn"}, ()),
    ]
    for hours, (given, family, born), contact, facts in told:
        report = Report(source="form", key=str(new_id()), kind="overdose", outcome="non_fatal",
                        occurred_at=now() - timedelta(hours=hours), facts=facts)  # fmt: skip
        who = Newcomer(Description(given, family, born, contact.get("phone", "")), ask_for=given, **contact)
        receive_report(report, who, by=actors["patrol"], town=towns[0])
    for hours, kind in ((7, "overdose"), (20, "overdose"), (26, "at_risk")):
        report = Report(source="form", key=str(new_id()), kind=kind, occurred_at=now() - timedelta(hours=hours),
                        place="Corner of Sycamore and Third")  # fmt: skip
        receive_report(report, Newcomer(), by=actors["patrol"], town=towns[1] if kind == "at_risk" else towns[0])


def work(actors: dict[str, Actor], users: dict[str, User], agencies: dict[str, Agency]) -> None:
    first, second = Case.objects.order_by("event_at")[1], Case.objects.order_by("event_at")[0]
    coach = actors["coach"]
    for case in (first, second):
        assign_team(case, users["officer"], users["coach"], by=actors["coordinator"], asked_by_coach=True)
    record_attempt(first, Draft(id=new_id(), channel="phone", result="no_answer"), by=coach)
    record_attempt(first, Draft(id=new_id(), channel="home", result="reached", response="services", kits=2,
                                note="Good talk on the porch."), by=coach)  # fmt: skip
    bed = note_need(first, "shelter_tonight", by=coach, words="somewhere quiet")
    note_need(first, "id_papers", by=coach)
    with transaction.atomic():
        record_consent(first.person, agencies["Harbor Night Shelter"], ["contact", "health"], by=coach)
        refer(bed, Plan(agency=agencies["Harbor Night Shelter"], handoff="called_together", named=True), by=coach)
    ride = note_need(second, "shelter_tonight", by=coach)
    refer(ride, Plan(agency=agencies["Harbor Night Shelter"], handoff="number"), by=coach)


if __name__ == "__main__":
    with transaction.atomic():
        seed()
