"""Run inside an installation: coaches with visits and phones, printed as one line of JSON; and what stands there in the end."""

from __future__ import annotations

import json
import sys
from collections import Counter

from django.contrib.auth.hashers import make_password

from alongside.accounts.models import Agency, Program, Town, User
from alongside.cases.actions import assign_team, open_case
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.consent import firewall
from alongside.field.models import Change, Clash, Parked
from alongside.field.phones import join
from alongside.identity.actions import keep_contact
from alongside.identity.queries import contacts_of
from alongside.incidents.actions import record_incident, settle_incident
from alongside.incidents.models import Incident
from alongside.incidents.rules import Report
from alongside.journal.check import verify
from alongside.journal.queries import lines_in_order
from alongside.naloxone.models import Move, Training
from alongside.people.actions import add_person
from alongside.people.models import Person
from alongside.visits.models import Attempt

CASES_EACH = 3


def user_of(agency: Agency, role: str, name: str) -> User:
    user = User(username=name, display_name=name, role=role, agency=agency, password=make_password(None))
    user.save()
    return user


def seed(phones: int, coaches: int) -> list[dict[str, object]]:
    """So many phones shared out among coaches, each with three people to visit."""
    program = Program.objects.get()
    town = Town.objects.create(program=program, name="Eastpoint")
    made = []
    with acting(program.id):
        health = Agency.objects.create(program=program, name="Harbor Health", kind="health")
        recovery = Agency.objects.create(program=program, name="Harbor Recovery", kind="recovery")
        boss, second = user_of(health, "coordinator", "boss").actor(), user_of(health, "clinician", "second")
        for number in range(coaches):
            coach = user_of(recovery, "recovery_coach", f"coach{number}")
            cases = []
            for place in range(CASES_EACH):
                report = Report(source="form", key=str(new_id()), kind="overdose", occurred_at=now())
                incident, _ = record_incident(report, by=boss, town=town)
                person = add_person(by=boss, home_town=town)
                keep_contact(person, by=boss, ask_for=f"Person {number}-{place}", meeting_place="at the ferry")
                settle_incident(incident, by=boss, person=person)
                incident.refresh_from_db()
                case = open_case(incident, by=boss)[0]
                assign_team(case, second, coach, by=boss)
                cases.append(str(case.id))
            for _ in range(phones * number // coaches, phones * (number + 1) // coaches):
                phone, token = join(coach, by=coach.actor())
                made.append({"phone": str(phone.id), "token": token, "coach": number, "cases": cases})
    return made


def outcome() -> dict[str, object]:
    """What stands in the database afterwards; the values with two answers are opened as the coordinator opens them."""
    with acting(Program.objects.get().id):
        boss = User.objects.get(username="boss").actor()
        clashes = list(Clash.objects.select_related("person"))
        people = list(Person.objects.values_list("id", flat=True))
        contacts = contacts_of(boss, people)
        said = firewall.open(boss, "coordination", *(row.said for row in clashes))
        stands = firewall.open(boss, "coordination", *(row.meeting_place for row in contacts.values()))
        changes = Change.objects.order_by("received_at", "seq").values_list(
            "id", "phone_id", "case_id", "seq", "kind", "state", "field", "became"
        )
        return {
            "changes": [[str(one) for one in row] for row in changes],
            "said": {str(row.change_id): str(text) for row, text in zip(clashes, said, strict=True)},
            "stands": {str(person): str(text) for person, text in zip(contacts, stands, strict=True)},
            "parked": Parked.objects.count(),
            "done": Counter(
                attempt=Attempt.objects.count(), training=Training.objects.count(),
                kits=Move.objects.filter(kind="given").count(), contact=Incident.objects.filter(source="field").count(),
            ),
            "journal": verify(lines_in_order()).broken_at is None,
        }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(seed(int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else outcome()))
