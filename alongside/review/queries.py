"""The reviewer's list of a week, what waits, whom a breach affects, and the counts for everybody."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alongside.accounts.models import Agency, User
from alongside.accounts.queries import program_of
from alongside.accounts.roles import ROLES
from alongside.common.actor import Actor
from alongside.common.clock import day_in, quarter
from alongside.identity.keyring import index_key
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.models import Person
from alongside.review.models import Breach, BreakGlass, Review
from alongside.review.rules import (
    ANOMALIES,
    DANGERS,
    bounds_of,
    one_business_day_after,
    purpose_in_words,
    sample_of,
    week_of,
)
from alongside.review.watch import Look, entries_between, holders_of, idle_looks, known_for

POLICE_ROLES = tuple(code for code, role in ROLES.items() if role.police_may_hold)
WEEKS = 8
NOBODY = UUID(int=0)
URGENT = {"broke_glass": "break_glass", "emergency_disclosed": "medical_emergency"}
ALWAYS = (*URGENT, "anomaly_found")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to review, under codes: when, which role, who by pseudonym, whom by code, why, and whether work asked for it."""

    seq: int
    kind: str
    at: datetime
    due_at: datetime
    role: str
    who: str
    people: list[str]
    purpose: str
    classes: list[str]
    had_task: bool
    why: str
    own: bool
    review: Review | None = None

    @property
    def role_label(self) -> str:
        """The role in words."""
        return str(ROLES[self.role].label) if self.role in ROLES else self.role

    @property
    def purpose_label(self) -> str:
        """The purpose in words."""
        return purpose_in_words(self.purpose)

    @property
    def waits(self) -> bool:
        """Whether nobody has come to a conclusion yet."""
        return self.review is None or self.review.outcome == "ask"


def zone_of(viewer: Actor) -> str:
    """The time zone of the viewer's program."""
    return program_of(viewer).zone


def pseudonym(viewer: Actor, actor: str) -> str:
    """A short code for whoever acted, the same each time, from which nobody without the key finds the person."""
    if actor in ("system", *ROLES):
        return actor
    digest = hmac.digest(index_key(), f"actor|{viewer.program_id}|{actor}".encode(), hashlib.sha256)
    return base64.b32encode(digest)[:6].decode()


def user_behind(viewer: Actor, code: str) -> User | None:
    """The user of the program whose pseudonym this is; for a breach, and for asking somebody about a look-up."""
    users = User.objects.filter(agency__program_id=viewer.program_id)
    return next((user for user in users if pseudonym(viewer, str(user.id)) == code.strip().upper()), None)


def items_of(viewer: Actor, week: str, zone: str, now: datetime) -> list[Item]:
    """Every opening in danger, every anomaly, and once the week is over the sample of police views."""
    start, end = bounds_of(week, zone)
    rows = list(entries_between(viewer, ALWAYS, start, end))
    if end <= now:
        rows += list(Entry.objects.filter(seq__in=_sample(viewer, week, start, end)))
    about = {row.seq: row for row in Entry.objects.filter(seq__in=[_about(row) for row in rows])}
    reviews = {row.item: row for row in Review.objects.filter(item__in=[row.seq for row in rows])}
    looks = [Look(entry, person) for entry in about.values() for person in holders_of(entry)]
    known = known_for(viewer, zone, looks)
    idle = {seq for seq, _ in idle_looks(known, [look for look in looks if look.person in known.people])}
    return [
        _item(viewer, row, about[_about(row)], known.people, zone,
              had_task=_about(row) not in idle, review=reviews.get(row.seq))
        for row in sorted(rows, key=lambda row: (row.verb == "opened", row.at))
    ]  # fmt: skip


def _sample(viewer: Actor, week: str, start: datetime, end: datetime) -> list[int]:
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="opened", at__gte=start, at__lt=end)
    head = rows.order_by("-at", "-seq").values_list("hash", flat=True).first() or ""
    return sample_of(list(rows.filter(role__in=POLICE_ROLES).values_list("seq", "hash")), week, head)


def _about(row: Entry) -> int:
    return int(row.target) if row.verb == "anomaly_found" else row.seq


def _item(viewer: Actor, row: Entry, entry: Entry, people: dict[UUID, Person], zone: str, *,  # noqa: PLR0913  # ADR 15
          had_task: bool, review: Review | None) -> Item:  # fmt: skip
    kind = "danger" if row.verb in URGENT else "anomaly" if row.verb == "anomaly_found" else "sample"
    week_end = bounds_of(week_of(row.at, zone), zone)[1]
    found = [people[person].code for person in holders_of(entry) if person in people]
    if entry.kind == "user":  # whose sign-in or role it is: a user, so by pseudonym too
        found = [pseudonym(viewer, entry.target)]
    detail = entry.detail
    return Item(
        seq=row.seq, kind=kind, at=entry.at, role=entry.role, who=pseudonym(viewer, entry.actor), people=found,
        due_at=one_business_day_after(row.at, zone) if kind == "danger" else week_end + timedelta(days=7),
        purpose=str(detail.get("purpose", URGENT.get(row.verb, ""))),
        classes=list(detail.get("classes", ())), had_task=had_task, review=review, own=entry.actor == str(viewer.user_id),
        why=ANOMALIES.get(str(row.detail.get("why")), "") or DANGERS.get(str(detail.get("category")), ""),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """One week: how many items it holds and how many wait."""

    name: str
    items: int
    waiting: int
    over: bool

    @property
    def is_missing(self) -> bool:
        """Over, and not everything was reviewed."""
        return self.over and self.waiting > 0


def weeks_for(viewer: Actor, zone: str, now: datetime) -> list[Week]:
    """The last weeks, newest first."""
    found = []
    for back in range(WEEKS):
        name = week_of(now - timedelta(weeks=back), zone)
        start, end = bounds_of(name, zone)
        wanted = [row.seq for row in entries_between(viewer, ALWAYS, start, end)]
        wanted += _sample(viewer, name, start, end) if end <= now else []
        done = Review.objects.filter(item__in=wanted).exclude(outcome="ask").count()
        found.append(Week(name, len(wanted), len(wanted) - done, over=end <= now))
    return found


def waiting_count_for(viewer: Actor, now: datetime) -> int:
    """How many openings in danger and anomalies of the last weeks nobody has come to a conclusion about."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb__in=ALWAYS, at__gte=now - timedelta(weeks=WEEKS))
    done = Review.objects.filter(program_id=viewer.program_id).exclude(outcome="ask")
    return rows.exclude(seq__in=done.values("item")).count()


def entry_to_review(viewer: Actor, seq: int) -> Entry | None:
    """An entry of the viewer's program that may stand on a week's list."""
    row = Entry.objects.filter(seq=seq, program=str(viewer.program_id)).first()
    if row is None or (row.verb not in ALWAYS and (row.verb != "opened" or row.role not in POLICE_ROLES)):
        return None
    return row


def opened_in_danger(viewer: Actor, records: Iterable[UUID], now: datetime) -> BreakGlass | None:
    """The viewer's own opening of a person that holds now."""
    rows = BreakGlass.objects.filter(user_id=viewer.user_id or NOBODY, person_id__in=list(records))
    rows = rows.filter(expires_at__gt=now)
    return rows.filter(person__program_id=viewer.program_id).order_by("-opened_at").first()


def person_by_code(viewer: Actor, code: str) -> Person | None:
    """The person of a spoken code, as somebody in danger is named over the phone."""
    words = " ".join(code.lower().split())
    return Person.objects.filter(program_id=viewer.program_id, code=words).first()


# --- a breach ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose look-ups a breach is about: one user, or everybody of one agency."""

    user: User | None = None
    agency: Agency | None = None


def affected_codes(viewer: Actor, scope: Scope, since: datetime, until: datetime) -> list[str]:
    """The codes of everybody whom these users opened between two moments, from the journal; a call counts as its person."""
    users = User.objects.filter(agency__program_id=viewer.program_id)
    users = users.filter(id=scope.user.id) if scope.user else users.filter(agency=scope.agency)
    names = {str(user_id) for user_id in users.values_list("id", flat=True)}
    rows = Entry.objects.filter(
        program=str(viewer.program_id), verb="opened", at__gte=since, at__lt=until, actor__in=names
    ).values_list("detail", flat=True)
    holders = {UUID(name) for detail in rows.iterator(chunk_size=5000) for name in detail.get("holders", ())}
    calls = _in_parts(holders, Incident.objects.filter(person__isnull=False), "id", "person")
    return sorted(_in_parts(holders | calls, Person.objects.filter(program_id=viewer.program_id), "id", "code"))


def _in_parts(wanted: set[Any], rows: Any, key: str, value: str) -> set[Any]:
    ids = sorted(wanted)
    found: set[Any] = set()
    for start in range(0, len(ids), 5000):
        found.update(rows.filter(**{f"{key}__in": ids[start : start + 5000]}).values_list(value, flat=True))
    return found


def breaches_for(viewer: Actor) -> Sequence[Breach]:
    """The declared breaches of the program, newest first."""
    return list(Breach.objects.filter(program_id=viewer.program_id).select_related("agency"))


def breach_for(viewer: Actor, breach_id: UUID) -> Breach | None:
    """One declared breach of the viewer's program."""
    rows = Breach.objects.filter(program_id=viewer.program_id).select_related("agency", "user")
    return rows.filter(id=breach_id).first()


def agencies_for(viewer: Actor) -> Any:
    """The agencies of the program, for a choice."""
    return Agency.objects.filter(program_id=viewer.program_id).order_by("name")


# --- counts for everybody ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarter:
    """What the public page says about one quarter; the numbers are given through `common.words.band`."""

    name: str
    uses: int
    unjustified: int
    denied: int


def quarterly_counts(viewer: Actor, zone: str, now: datetime, quarters: int = 4) -> list[Quarter]:
    """Openings in danger, those found not justified, and look-ups by police that were denied, newest quarter first."""
    since = now - timedelta(days=93 * quarters)
    today = day_in(zone, now)
    names = list(dict.fromkeys(quarter(today - timedelta(days=day)) for day in range(93 * quarters)))[:quarters]
    uses = {row.seq: quarter(day_in(zone, row.at)) for row in entries_between(viewer, ["broke_glass"], since, now)}
    bad = set(Review.objects.filter(item__in=uses, outcome="not_justified").values_list("item", flat=True))
    asked = [
        quarter(day_in(zone, row.at))
        for row in entries_between(viewer, ["lookup_denied"], since, now)
        if row.role in POLICE_ROLES
    ]
    return [
        Quarter(name, sum(on == name for on in uses.values()), sum(uses[seq] == name for seq in bad), asked.count(name))
        for name in names
    ]
