"""Run inside an installation: many needs asked at once, and the links that were sent; prints them as one line of JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter

from django.db import transaction

from alongside.accounts.models import Agency, Program, Town, User
from alongside.cases.actions import open_case
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.incidents.actions import record_incident, settle_incident
from alongside.incidents.rules import Report
from alongside.people.actions import add_person
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.beds import say_free
from alongside.referrals.links import link_for, path_of
from alongside.referrals.models import BedHold, Need, Referral

CODE = "shelter_tonight"


def coordinator(program: Program) -> Actor:
    health = Agency.objects.create(program=program, name="Harbor Health", kind="health")
    user = User(username="boss", display_name="Coordinator", role="coordinator", agency=health)
    user.set_unusable_password()
    user.save()
    return user.actor()


def seed(alone: int, contested: int) -> dict[str, list[list[str]]]:
    """`alone` needs asked of one place each; `contested` needs asked of three. Paths, those of one need together."""
    program = Program.objects.get()
    town = Town.objects.create(program=program, name="Eastpoint")
    boss = coordinator(program)
    with acting(program.id), transaction.atomic():
        places = [Agency.objects.create(program=program, name=f"House {n}", kind="shelter") for n in range(4)]
        for place in places:
            say_free(place, CODE, 400, by=boss, how="phone")
        paths: dict[str, list[list[str]]] = {"alone": [], "contested": []}
        for number in range(alone + contested):
            report = Report(source="form", key=str(new_id()), kind="overdose", occurred_at=now())
            incident, _ = record_incident(report, by=boss, town=town)
            settle_incident(incident, by=boss, person=add_person(by=boss, home_town=town))
            incident.refresh_from_db()
            need = note_need(open_case(incident, by=boss)[0], CODE, by=boss)
            asked = places[:1] if number < alone else places[1:]
            sent = [refer(need, Plan(agency=place), by=boss) for place in asked]
            paths["alone" if number < alone else "contested"].append([path_of(link_for(row)) for row in sent])
    return paths


def outcome() -> dict[str, object]:
    """What stands in the database afterwards."""
    with acting(Program.objects.get().id):
        winners = Counter(Referral.objects.filter(status="accepted").values_list("need_id", flat=True))
        contested = Counter(Referral.objects.values_list("need_id", flat=True))
        holds = Counter(BedHold.objects.filter(status="held").values_list("referral__need_id", flat=True))
        return {
            "needs": Need.objects.count(),
            "won": len(winners), "won_twice": sum(n > 1 for n in winners.values()),
            "contested_won": sum(contested[need] == 3 for need in winners),
            "holds": len(holds), "held_twice": sum(n > 1 for n in holds.values()),
            "statuses": dict(Counter(Referral.objects.values_list("status", flat=True))),
            "answered_by_link": Referral.objects.filter(status="accepted", answered_how="link").count(),
        }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(outcome() if sys.argv[1] == "outcome" else seed(int(sys.argv[1]), int(sys.argv[2]))))
