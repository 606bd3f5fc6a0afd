"""Reading loved ones: each by whoever works with them, and by the coordinator; the person they are close to stands apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from alongside.accounts.queries import program_of
from alongside.cases.queries import cases_of
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.decision import Decision
from alongside.consent import firewall
from alongside.consent.models import Tie
from alongside.consent.queries import people_known_to
from alongside.families.models import LovedOne, Support
from alongside.families.rules import TOPICS, Grief, grief_of
from alongside.identity.queries import contacts_of
from alongside.journal.queries import entries_about, entries_since
from alongside.people.models import Person
from alongside.people.queries import person_coded, records_of

MOST_SHOWN = 100
NOBODY = UUID(int=0)


def _visible(viewer: Actor, now: datetime) -> QuerySet[LovedOne]:
    """All of the program for a coordinator, those the viewer works with for others; never for those who go along."""
    rows = LovedOne.objects.select_related("person", "of").filter(program_id=viewer.program_id)
    if viewer.goes_along:
        return rows.none()
    known = people_known_to(viewer)
    rows = rows.exclude(Q(person_id__in=known) | Q(of_id__in=known, of__isnull=False))
    if viewer.role == "coordinator":
        return rows
    ties = Tie.objects.filter(user_id=viewer.user_id or NOBODY, opens="work", closed_at=None, expires_at__gt=now)
    return rows.filter(person_id__in=ties.values("person_id"))


def loved_one_for(viewer: Actor, loved_one_id: UUID, now: datetime) -> LovedOne | None:
    """One loved one the viewer works with."""
    return _visible(viewer, now).filter(id=loved_one_id).first()


def sees_person(viewer: Actor, person: Person | None, now: datetime) -> bool:
    """Whether the viewer may see the person somebody is close to by a way of their own: a case, or being coordinator."""
    if person is None or viewer.goes_along or person.program_id != viewer.program_id:
        return False
    if viewer.role == "coordinator":
        return person.id not in people_known_to(viewer)
    return bool(cases_of(viewer, records_of(person), now))


def person_close_to(viewer: Actor, code: str, now: datetime) -> Person | None:
    """The person of a spoken code, if the viewer may see them; a code of nobody and one of a stranger look the same."""
    person = person_coded(viewer, code)
    return person if sees_person(viewer, person, now) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One loved one on the list; `whose` is the code of the person for those who may see the person, else empty."""

    loved_one: LovedOne
    name: str
    grief: Grief
    whose: str = ""
    call_is_due: bool = False
    ask_day: bool = False

    @property
    def is_due(self) -> bool:
        """Whether somebody calls them now."""
        return self.grief.is_due or self.call_is_due


def loved_ones_for(viewer: Actor, now: datetime) -> list[Line]:
    """The loved ones the viewer works with: those to call now first, then the newest. Who wants no contact is not listed."""
    rows = list(_visible(viewer, now).filter(person__out_of_reach=False)[:MOST_SHOWN])
    today = day_in(program_of(viewer).zone, now)
    names = _names(viewer, rows, now)
    lines = [_line(viewer, row, names.get(row.id, ""), today, now) for row in rows]
    return sorted(
        lines, key=lambda line: (not line.is_due, line.grief.due_on or line.loved_one.call_back_on or date.max)
    )


def _names(viewer: Actor, rows: Sequence[LovedOne], now: datetime) -> dict[UUID, str]:
    contacts = contacts_of(viewer, [row.person_id for row in rows])
    sealed = [(row.id, contacts[row.person_id].ask_for) for row in rows if row.person_id in contacts]
    plain = firewall.open(viewer, _purpose(viewer), *(value for _, value in sealed), now=now) if sealed else []
    return {key: text for (key, _), text in zip(sealed, plain, strict=True) if isinstance(text, str)}


def _purpose(viewer: Actor) -> str:
    return "coordination" if viewer.role == "coordinator" else "coach_followup"


def _line(viewer: Actor, row: LovedOne, name: str, today: date, now: datetime) -> Line:
    sees = sees_person(viewer, row.of, now)
    noted = noted_death(viewer, row, today) if sees and row.bereaved_on is None else None
    return Line(
        row, name, grief_of(row.bereaved_on or noted, row.grief, today), row.of.code if sees and row.of else "",
        row.call_back_on is not None and row.call_back_on <= today, noted is not None,
    )  # fmt: skip


def noted_death(viewer: Actor, loved_one: LovedOne, today: date) -> date | None:
    """The day it was noted that the person has died, for a loved one to whom nobody has given the day yet.

    Only for whoever may see the person: others learn of a death when the day is entered with the loved one.
    """
    person = loved_one.of
    if person is None or not person.deceased:
        return None
    zone = program_of(viewer).zone
    for entry in entries_about(viewer, person.id):
        if entry.verb == "death_noted" and entry.detail.get("deceased"):
            return day_in(zone, entry.at)
    return today


def talks_since(viewer: Actor, records: Sequence[UUID], since: datetime) -> list[LovedOne]:
    """The loved ones of these records to whom something may be said, by an agreement of since then."""
    agreed = {entry.detail.get("loved_one") for entry in entries_since(viewer, records, "talk_agreed", since)}
    rows = LovedOne.objects.filter(of_id__in=records, program_id=viewer.program_id).exclude(talk="none")
    return [row for row in rows if str(row.id) in agreed]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of one loved one shows. Of the person: their code, and only for those who may see them."""

    line: Line
    phone: str
    language: str
    sees_person: bool
    topics: list[tuple[str, str, Decision]]


def page_of(viewer: Actor, loved_one: LovedOne, now: datetime) -> Page:
    """The page of a loved one the viewer works with; the name and the number are opened for it."""
    today = day_in(program_of(viewer).zone, now)
    contact = contacts_of(viewer, [loved_one.person_id]).get(loved_one.person_id)
    plain = ["", ""]
    if contact is not None:
        opened = firewall.open(viewer, _purpose(viewer), contact.ask_for, contact.phone, now=now)
        plain = [text if isinstance(text, str) else "" for text in opened]
    topics = [(code, words, loved_one.may_say(code, now)) for code, words in TOPICS.items()]
    return Page(
        _line(viewer, loved_one, plain[0], today, now), plain[1], contact.language if contact else "",
        sees_person(viewer, loved_one.of, now), topics,
    )  # fmt: skip


def last_support_of(viewer: Actor, records: Iterable[UUID]) -> datetime | None:
    """When somebody last got something as a loved one; it is their yes, and their clock of forgetting starts there."""
    rows = Support.objects.filter(loved_one__person_id__in=list(records), loved_one__program_id=viewer.program_id)
    return rows.values_list("at", flat=True).first()
