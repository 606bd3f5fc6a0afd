"""Makes the whole demonstration in one transaction: all of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from alongside.accounts.actions import set_up_program
from alongside.accounts.models import Agency, Program, Team, Town, User
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.demo import backdating
from alongside.demo.arrivals import Crew, arrive, incident_of, nobody_found
from alongside.demo.deciding import decide_other_matches
from alongside.demo.hints import give_generator
from alongside.demo.months import bring_months
from alongside.demo.rules import Entry, plan_of
from alongside.demo.samples import import_real_calls, import_real_services
from alongside.demo.staff import AGENCIES, DESKS, LOT_HOLDERS, LOTS, PROGRAM, STAFF, TEAMS, ZONE
from alongside.demo.telling import Stage, tell
from alongside.demo.tonight import arrange_tonight
from alongside.incidents.models import Incident
from alongside.naloxone.actions import hand_out, receive_kits

STORY_DAYS = 90
OFFICE_HAND_OUTS = (
    (80, 4, "business"),
    (61, 2, "other"),
    (44, 3, "loved_one"),
    (30, 5, "agency"),
    (12, 2, "loved_one"),
)


@dataclass(slots=True)
class Told:
    """What the demonstration holds, in numbers."""

    calls: int = 0
    incidents: int = 0
    people: int = 0
    cases: int = 0
    waiting: int = 0
    matches: int = 0


@transaction.atomic
def make_demo(
    data: Path, say: Callable[[str], None], *, most_calls: int | None = None, full_imports: bool = True
) -> Told:
    """Program, staff, calls, services, people and three months of outreach; `most_calls` limits the story for tests."""
    program = set_up_program(PROGRAM, ZONE)
    agencies = {name: _agency(program, name, kind) for name, kind in AGENCIES.items()}
    by = Actor.system(program.id)
    rows = import_real_calls(data if full_imports else Path(), by, say)
    import_real_services(data if full_imports else Path(), by, say)
    crew = _hire(program, agencies)
    moment = clock()
    backdating.calls_entered(program.id, moment)
    told = tell_story(crew, agencies, moment, most_calls=most_calls)
    told.calls = rows
    say(f"Laid {told.people} made-up people and {told.cases} cases over {told.incidents} of them.")
    return told


def _agency(program: Program, name: str, kind: str) -> Agency:
    email, phone, takes_texts = DESKS.get(name, ("", "", False))
    return Agency.objects.create(
        program=program, name=name, kind=kind, email=email, phone=phone, takes_texts=takes_texts
    )


def _hire(program: Program, agencies: dict[str, Agency]) -> Crew:
    """One user for each login, and the towns they work in."""
    towns = list(Town.objects.filter(program=program).exclude(name__iendswith=" county"))
    Town.objects.filter(id__in=[town.id for town in towns]).update(served=True)
    users = {}
    for login in STAFF:
        user = User(username=login.username, display_name=login.name, role=login.role, agency=agencies[login.agency])
        user.password = make_password(None)
        user.save()
        users[login.username] = user
    for name in ("data", "patrol", "officer", "officer2"):
        users[name].towns.set(towns)
    for first, second in TEAMS:
        team = Team.objects.create(program=program, name=f"{users[first].display_name}, {users[second].display_name}")
        team.members.set([users[first], users[second]])
    return Crew(users, towns)


@transaction.atomic
def tell_story(crew: Crew, agencies: dict[str, Agency], moment: datetime, *, most_calls: int | None = None) -> Told:
    """Lay the made-up people over the calls of the last three months."""
    _stock(crew, agencies, moment)
    calls = _calls(crew, moment, most_calls)
    stage = Stage(crew, agencies, moment)
    people: set[UUID] = set()
    alike: set[UUID] = set()
    entries = plan_of([call.occurred_at for call in calls], moment, ZONE)
    for place, entry in enumerate(entries):
        if entry.fate == "waits":
            continue
        incident = incident_of(entry, calls, place, crew)
        if entry.story is None:
            nobody_found(incident, crew)
            continue
        person = _play(entry, incident, stage)
        people.add(person)
        if entry.possible_match:
            alike.add(person)
    program_id = crew.actor("coordinator").program_id
    backdating.attempts_written_down(program_id, moment)
    backdating.answers_long_given(program_id, moment)
    arrange_tonight(crew, agencies, moment)
    bring_months(ZONE, moment, by=crew.actor("coordinator"))
    backdating.messages_sent(program_id)
    waiting = Incident.objects.filter(program_id=program_id, state="waiting").count()
    matches = decide_other_matches(alike, crew)
    cases = Case.objects.filter(program_id=program_id).count()
    return Told(incidents=len(entries), people=len(people), cases=cases, waiting=waiting, matches=matches)


def _play(entry: Entry, incident: Incident, stage: Stage) -> UUID:
    """One entry: the person, the case and, when the case is new, its story. Gives the person's id."""
    if entry.story is None:
        raise ValueError(entry.fate)
    case, opened = arrive(entry, incident, entry.story.opened_at, stage.crew)
    if opened:
        tell(case, entry.story, stage)
    return case.person_id


def _calls(crew: Crew, moment: datetime, most: int | None) -> list[Incident]:
    by = crew.actor("coordinator")
    since = moment - timedelta(days=STORY_DAYS)
    rows = Incident.objects.select_related("town").filter(program_id=by.program_id, occurred_at__gt=since)
    newest = list(rows.exclude(outcome="fatal").order_by("-occurred_at", "source_digest")[:most])
    return newest[::-1]


def _stock(crew: Crew, agencies: dict[str, Agency], moment: datetime) -> None:
    """Kits on the shelves before the story begins, and some handed out over the counter."""
    begin = moment - timedelta(days=STORY_DAYS + 5)
    for agency, product, number, days, kits in LOTS:
        expires_on: date = moment.date() + timedelta(days=days)
        lot = receive_kits(agencies[agency], product, number, expires_on, kits, by=crew.actor(LOT_HOLDERS[agency]))
        backdating.kits_moved(list(lot.moves.values_list("id", flat=True)), begin)
    for days, kits, recipient in OFFICE_HAND_OUTS:
        moves = hand_out(kits, recipient, by=crew.actor("coordinator"))
        backdating.kits_moved([move.id for move in moves], moment - timedelta(days=days))


def set_password(password: str) -> None:
    """Give every login of the demonstration the same password, kept only hashed, and a code generator of its own."""
    hashed = make_password(password)
    users = User.objects.filter(agency__program__name=PROGRAM, username__in=[login.username for login in STAFF])
    users.update(password=hashed, password_locked_at=None)
    for user in users:
        give_generator(user)
