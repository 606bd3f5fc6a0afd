"""Looking through the journal for what is out of the ordinary. It reads and finds; `actions.find_anomalies` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from alongside.accounts.models import User
from alongside.accounts.roles import ROLES, may
from alongside.cases.models import Assignment, Case
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.consent.models import Tie
from alongside.identity.models import Match
from alongside.identity.queries import near_to
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.models import Person
from alongside.review.rules import USUAL_DAYS, every_third, most_people_a_day

OPENINGS = ("opened", "denied", "looked_up")
GRAVE = ("answer_requests", "approve_release", "handle_legal_requests")
GRAVE_ROLES = frozenset(code for code in ROLES if any(may(code, one) for one in GRAVE))
# A match or a call is a task for the coordinator from its arrival until this long after.
TASK_DAYS = 7
# From when to when; without an end while it still holds.
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing out of the ordinary: the entry it is about, why, who looked, and at whom ("" for several)."""

    item: int
    why: str
    whose: str
    person: str = ""
    day: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same finding is opened once: one actor, one person (or one day), one reason."""
        return self.why, self.whose, self.person, self.day


@dataclass(frozen=True, slots=True)
class Look:
    """One entry and one person it opened, denied or looked up."""

    entry: Entry
    person: UUID


@dataclass
class Known:
    """What the findings of one pass ask again and again, read once: records, towns, cases, users."""

    viewer: Actor
    zone: str
    people: dict[UUID, Person]
    users: dict[str, User]

    def root(self, person: UUID) -> UUID:
        """The record a record was joined to in the end."""
        seen = self.people.get(person)
        while seen is not None and seen.merged_into_id is not None:
            seen = self.people[seen.merged_into_id]
        return seen.id if seen is not None else person


def entries_between(viewer: Actor, verbs: Iterable[str], since: datetime, until: datetime) -> Iterator[Entry]:
    """Entries of the viewer's program with these verbs, in order."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb__in=list(verbs), at__gte=since, at__lt=until)
    return rows.order_by("seq").iterator(chunk_size=2000)


def holders_of(entry: Entry) -> list[UUID]:
    """Whom an entry is about: the holders it names, or its target."""
    named = entry.detail.get("holders") or entry.detail.get("people")
    named = named or ([entry.target] if entry.kind in ("person", "sealed") else [])
    try:
        return [UUID(str(name)) for name in named]
    except ValueError:
        return []


def looks_between(viewer: Actor, since: datetime, until: datetime) -> list[Look]:
    """Every look at a person by a user, one by one."""
    rows = entries_between(viewer, OPENINGS, since, until)
    return [Look(entry, person) for entry in rows if entry.actor != entry.role for person in holders_of(entry)]


def known_for(viewer: Actor, zone: str, looks: Sequence[Look]) -> Known:
    """The records of everybody looked at, with those they were joined to, and the users who looked."""
    people: dict[UUID, Person] = {}
    edge = {look.person for look in looks}
    while edge:
        rows = list(Person.objects.filter(program_id=viewer.program_id, id__in=edge))
        people |= {row.id: row for row in rows}
        edge = {row.merged_into_id for row in rows if row.merged_into_id is not None} - people.keys()
    users = User.objects.filter(agency__program_id=viewer.program_id).prefetch_related("towns")
    return Known(viewer, zone, people, {str(user.id): user for user in users})


def findings_between(viewer: Actor, zone: str, since: datetime, until: datetime) -> list[Finding]:
    """Everything out of the ordinary among the look-ups of a stretch of time, each person or day once."""
    looks = looks_between(viewer, since, until)
    known = known_for(viewer, zone, looks)
    looks = [look for look in looks if look.person in known.people]
    found = [
        *without_a_task(known, looks), *near_ones(known, looks), *outside_towns(known, looks),
        *too_many(known, looks, since), *denied_thrice(viewer, zone, since, until), *alone(viewer, since, until),
        *new_keys(viewer, since, until),
    ]  # fmt: skip
    return list({finding.key: finding for finding in reversed(found)}.values())


def without_a_task(known: Known, looks: Sequence[Look]) -> list[Finding]:
    """A coordinator opened a name or a contact of somebody who had no open case, match or call at that time."""
    mine = [
        look for look in looks
        if look.entry.role == "coordinator" and look.entry.verb == "opened"
        and {"identity", "contact"} & set(look.entry.detail.get("classes", ()))
        and look.entry.detail.get("purpose") in ("coordination", "outreach_visit", "coach_followup")
    ]  # fmt: skip
    idle = idle_looks(known, mine)
    return [_finding(look, "no_task") for look in mine if (look.entry.seq, look.person) in idle]


def idle_looks(known: Known, looks: Sequence[Look]) -> set[tuple[int, UUID]]:
    """The looks, as (number, person), with no work behind them: neither one's own tie nor, for a coordinator, a task."""
    people = {look.person for look in looks}
    if not people:
        return set()
    tasks, ties = tasks_of(known, people), defaultdict[tuple[str, UUID], list[Span]](list)
    rows = Tie.objects.filter(person_id__in=people, user__isnull=False)
    for user, person, start, end, closed in rows.values_list("user", "person", "opened_at", "expires_at", "closed_at"):
        ties[str(user), person].append((start, min(end, closed) if closed else end))
    return {
        (look.entry.seq, look.person) for look in looks
        if not _within(look.entry.at, ties[look.entry.actor, look.person])
        and not (look.entry.role == "coordinator" and _within(look.entry.at, tasks.get(known.root(look.person), ())))
    }  # fmt: skip


def _within(moment: datetime, spans: Iterable[Span]) -> bool:
    return any(start <= moment and (end is None or moment <= end) for start, end in spans)


def tasks_of(known: Known, people: Iterable[UUID]) -> dict[UUID, list[Span]]:
    """From when to when each person (by their joined record) was somebody's work: cases, matches, calls."""
    everyone = set(people) | {known.root(person) for person in people}
    found: dict[UUID, list[Span]] = defaultdict(list)
    for person, start, end in Case.objects.filter(person_id__in=everyone).values_list("person", "opened_at", "closed_at"):
        found[known.root(person)].append((start, end))
    pairs = Match.objects.filter(Q(newer_id__in=everyone) | Q(older_id__in=everyone))
    for newer, older, made, state in pairs.values_list("newer", "older", "made_at", "state"):
        end = None if state == "open" else made + timedelta(days=TASK_DAYS)
        for person in {newer, older} & everyone:
            found[known.root(person)].append((made, end))
    for person, entered in Incident.objects.filter(person_id__in=everyone).values_list("person", "entered_at"):
        if person is not None:
            found[known.root(person)].append((entered, entered + timedelta(days=TASK_DAYS)))
    return found


def near_ones(known: Known, looks: Sequence[Look]) -> list[Finding]:
    """Somebody looked, or tried to look, at a person with their own family name, phone or address."""
    of_user: dict[str, set[UUID]] = defaultdict(set)
    for look in looks:
        of_user[look.entry.actor].add(look.person)
    near = {
        (name, person)
        for name, people in of_user.items()
        if name in known.users
        for person in near_to(known.viewer, known.users[name], people)
    }
    return [_finding(look, "near") for look in looks if (look.entry.actor, look.person) in near]


def outside_towns(known: Known, looks: Sequence[Look]) -> list[Finding]:
    """Somebody with towns of their own opened a person of another town, with nothing that sent them there."""
    towns = {name: {town.id for town in user.towns.all()} for name, user in known.users.items()}
    home = _home_towns(known, {look.person for look in looks})
    away = [
        look for look in looks
        if towns.get(look.entry.actor) and (town := home.get(look.person)) and town not in towns[look.entry.actor]
    ]
    if not away:
        return []
    people = {look.person for look in away}
    sent = Tie.objects.filter(person_id__in=people, user__isnull=False).values_list("user_id", "person_id")
    went = Assignment.objects.filter(case__person_id__in=people).values_list("officer_id", "coach_id", "case__person_id")
    task = {(str(user), person) for user, person in sent}
    task |= {(str(user), person) for officer, coach, person in went for user in (officer, coach)}
    return [_finding(look, "other_town") for look in away if (look.entry.actor, look.person) not in task]


def _home_towns(known: Known, people: set[UUID]) -> dict[UUID, UUID]:
    """The home town of each where it is known, else the town of their newest case."""
    unsaid = {known.root(one) for one in people if known.people[one].home_town_id is None}
    rows = Case.objects.filter(person_id__in=unsaid, town__isnull=False).order_by("opened_at")
    of_cases = dict(rows.values_list("person_id", "town_id"))
    home = {one: known.people[one].home_town_id or of_cases.get(known.root(one)) for one in people}
    return {one: town for one, town in home.items() if town is not None}


def too_many(known: Known, looks: Sequence[Look], since: datetime) -> list[Finding]:
    """The look with which somebody passed three times their own usual number of people in a day."""
    today: dict[tuple[str, date], dict[UUID, Look]] = defaultdict(dict)
    for look in looks:
        today[look.entry.actor, day_in(known.zone, look.entry.at)].setdefault(look.person, look)
    if not any(len(people) >= 10 for people in today.values()):
        return []
    usual = usual_days(known, since)
    found = []
    for (actor, day), people in sorted(today.items(), key=lambda row: row[0][1]):
        bound = most_people_a_day([count for on, count in usual[actor].items() if on < day])
        usual[actor].setdefault(day, len(people))
        if len(people) > bound:
            look = list(people.values())[bound]
            found.append(Finding(look.entry.seq, "many", actor, day=day.isoformat()))
    return found


def usual_days(known: Known, since: datetime) -> dict[str, dict[date, int]]:
    """How many people each user opened on each day of the four weeks before a moment."""
    seen: dict[str, dict[date, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for look in looks_between(known.viewer, since - timedelta(days=USUAL_DAYS), since):
        seen[look.entry.actor][day_in(known.zone, look.entry.at)].add(look.person)
    days = {actor: {day: len(people) for day, people in days.items()} for actor, days in seen.items()}
    return defaultdict(dict, days)


def denied_thrice(viewer: Actor, zone: str, since: datetime, until: datetime) -> list[Finding]:
    """The third time within a day that somebody who may not asked whether a person is known."""
    asked: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries_between(viewer, ["lookup_denied"], since - timedelta(days=1), until):
        asked[entry.actor].append(entry)
    return [
        Finding(entries[place].seq, "denied", actor, day=str(entries[place].seq))
        for actor, entries in asked.items()
        for place in every_third([entry.at for entry in entries])
        if entries[place].at >= since
    ]


def alone(viewer: Actor, since: datetime, until: datetime) -> list[Finding]:
    """Somebody took a person's request and opened or forgot them on it: nobody else has seen that anybody asked."""
    done = [
        row for row in entries_between(viewer, ["own_copy_made", "request_answered"], since, until)
        if row.verb == "own_copy_made" or row.detail.get("answer") in ("forgotten", "sealed")
    ]  # fmt: skip
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="request_received")
    taken = rows.filter(target__in={row.target for row in done}).values_list("detail", "actor")
    took = {str(detail.get("request")): actor for detail, actor in taken}
    return [
        Finding(row.seq, "alone", row.actor, row.target, day=str(row.detail.get("request")))
        for row in done if took.get(str(row.detail.get("request"))) == row.actor
    ]  # fmt: skip


def new_keys(viewer: Actor, since: datetime, until: datetime) -> list[Finding]:
    """An administrator renewed a user's sign-in, or gave a role that opens people or a release.

    Whoever hands out the code could come in with it themselves; the reviewer asks the user whether it was them.
    """
    rows = entries_between(viewer, ["factor_changed", "user_added", "user_changed"], since, until)
    return [
        Finding(row.seq, "new_key", row.actor, day=str(row.seq)) for row in rows
        if row.role == "administrator" and (
            row.detail.get("what") == "all_removed"
            or row.detail.get("role") in GRAVE_ROLES and row.detail.get("role") != row.detail.get("was")
        )
    ]  # fmt: skip


def _finding(look: Look, why: str) -> Finding:
    return Finding(look.entry.seq, why, look.entry.actor, str(look.person))
