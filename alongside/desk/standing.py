"""Where the rows of two joined people stand: whose each is, and which of them only a person can tell.

Told is what was there before the join, what hangs on it, and an event that came for a record of its own. What was added
since to work that both had a part in is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.identity.models import Merge, MergedRow
from alongside.identity.naming import corrected_since
from alongside.identity.reaching import changed_since
from alongside.identity.sides import Link, Sides
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.referrals.models import Need, Referral, Ride
from alongside.visits.models import Attempt

Row = tuple[str, UUID]
# Each kind of row, and what it stands under. Referrals and rides go with their need.
ON_A_CASE: dict[str, Any] = {"event": CaseIncident, "day": FollowUp, "team": Assignment, "need": Need, "attempt": Attempt}
ON_A_NEED: dict[str, Any] = {"referral": Referral, "ride": Ride}
ASKED = ("attempt", "need", "day")  # a team goes with its case
DIED = "died"


def rows_of(records: Sequence[UUID]) -> Iterator[tuple[str, Any, UUID]]:
    """Every row of a person's work: its kind, the row, and what it stands under."""
    cases = list(Case.objects.filter(person_id__in=records).order_by("opened_at"))
    yield from (("case", case, case.person_id) for case in cases)
    ids = [case.id for case in cases]
    needs = list[UUID]()
    for kind, model in ON_A_CASE.items():
        found: models.QuerySet[Any] = model.objects.filter(case_id__in=ids)
        for row in found.select_related("incident") if kind == "event" else found:
            needs += [row.id] if kind == "need" else []
            yield kind, row, row.case_id
    for kind, model in ON_A_NEED.items():
        yield from ((kind, row, row.need_id) for row in model.objects.filter(need_id__in=needs))


def places_of(person: Person, *, of_newer: bool) -> list[MergedRow]:
    """What to keep of a person's rows before they are joined with another's; the merge is still to be named."""
    own = MergedRow(kind="person", row=person.id, was=person.id, of_newer=of_newer, state=DIED if person.deceased else "")
    return [own] + [
        MergedRow(kind=kind, row=row.id, was=under, of_newer=of_newer, state=row.status if kind == "case" else "")
        for kind, row, under in rows_of(records_of(person))
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that was added while two records were one, and nothing tells for whom."""

    key: UUID
    kind: str
    what: str
    on: date | datetime | None
    rows: tuple[UUID, ...]
    parts: tuple[str, ...] = ()


@dataclass
class Standing:
    """All rows of two people who are one now, and what was kept of each at every join that holds."""

    sides: Sides
    links: list[Link]
    rows: dict[Row, Any] = field(default_factory=dict)
    chains: dict[Row, list[MergedRow]] = field(default_factory=dict)
    answers: Mapping[UUID, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sides: Sides, links: list[Link], answers: Mapping[UUID, str] | None = None) -> Standing:
        """The rows as they are in the database now."""
        found = cls(sides, links, answers=answers or {})
        for kind, row, _ in rows_of(list(sides.owner)):
            found.rows[(kind, row.id)] = row
        ids = {row for _, row in found.rows}
        holding = Q(merge__undone_at=None) | Q(merge=links[0].merge)
        for place in MergedRow.objects.filter(holding, row__in=ids).select_related("merge").order_by("id"):
            found.chains.setdefault((place.kind, place.row), []).append(place)
        return found

    def chain(self, row: Row) -> list[MergedRow]:
        """Where a row was at each join, the oldest first."""
        return self.chains.get(row, [])

    def added_since(self, row: Row) -> bool:
        """Whether a row was made while the two were one."""
        chain, merge = self.chain(row), self.links[0].merge
        if not chain:
            return True
        first = chain[0].merge
        if first.id <= merge.id or any(place.merge_id == merge.id for place in chain):
            return False
        return (first.duplicate_id if chain[0].of_newer else first.into_id) == self._living_before(first)

    def _living_before(self, merge: Merge) -> UUID:
        """Which record both lived under when another merge was made."""
        return [link.to for link in self.links if link.merge.id < merge.id][-1]

    def told(self, row: Row) -> str | None:
        """Whose a row is, where that can be told by itself: “newer” or “older”."""
        kind, found = row[0], self.rows[row]
        home = self.chain(row)[0].was if self.chain(row) else None
        if kind == "case":
            return None if self.added_since(row) else self.sides.of(home or found.person_id)
        if not self.added_since(row) and home is not None:
            return self.told(("case", home)) if ("case", home) in self.rows else None
        if kind == "event" and found.incident.person_id not in {link.to for link in self.links}:
            return self.sides.of(found.incident.person_id) if found.incident.person_id else None
        return None

    def said(self, row: Row) -> str | None:
        """Whose a row is, by what tells or by the answer."""
        return self.told(row) or self.answers.get(row[1])

    @cached_property
    def _on(self) -> dict[UUID, list[Row]]:
        found: dict[UUID, list[Row]] = {}
        for row, value in self.rows.items():
            if row[0] in ON_A_CASE:
                found.setdefault(value.case_id, []).append(row)
        return found

    def events_on(self, case_id: UUID) -> list[Row]:
        """The events of a case, the earliest first."""
        events = [row for row in self._on.get(case_id, []) if row[0] == "event"]
        return sorted(events, key=lambda row: self.rows[row].incident.occurred_at)

    def side_of_case(self, case_id: UUID) -> str | None:
        """Whose a case is: by where it was, else by the event that opened it."""
        first = next(iter(self.events_on(case_id)), None)
        return self.told(("case", case_id)) or (self.said(first) if first else None)

    def shared(self, case_id: UUID) -> bool:
        """Whether both have, or may have, a part in a case."""
        if self.links[0].merge.made_by_id is None:  # recognition took one for the other: whose work it was, nobody ever said
            return True
        parts = {self.side_of_case(case_id)} | {self.said(row) for row in self.events_on(case_id)}
        parts |= {told for row in self._on.get(case_id, []) if (told := self.told(row))}
        return len(parts) > 1 or None in parts

    def side(self, row: Row) -> str | None:
        """Whose a row on a case is in the end; None where a person has to say."""
        if row[0] == "case":
            return self.side_of_case(row[1])
        found = self.said(row)
        if found or row[0] == "event":
            return found
        case_id = self.rows[row].case_id
        return None if row[0] in ASKED and self.shared(case_id) else self.side_of_case(case_id)

    def side_of_referral(self, row: Row) -> str:
        """Whose a referral or a ride is: its need's, the one it was made for where that is known."""
        home = self.chain(row)[0].was if self.chain(row) else self.rows[row].need_id
        need = ("need", home) if ("need", home) in self.rows else ("need", self.rows[row].need_id)
        return self.side(need) or "older"

    def questions(self) -> list[Question]:
        """What a person has to say before the two are taken apart, the oldest first of each kind."""
        plain = Standing(self.sides, self.links, self.rows, self.chains)
        open_ones = [row for row in self.rows if row[0] in ("event", *ASKED) and plain.side(row) is None]
        asked = [_question(row[0], self.rows[row]) for row in open_ones if not _of_the_row_of_visits(self.rows[row])]
        usual = [self.rows[row] for row in open_ones if _of_the_row_of_visits(self.rows[row])]
        if usual:
            asked.append(Question(usual[0].id, "day", "schedule", usual[0].due_on, tuple(row.id for row in usual)))
        return [*_words(self.links), *self._death(), *asked]

    def died_before(self, side: str) -> bool:
        """Whether one of the two was noted as having died before they were one; nobody was, who is now, where nothing tells."""
        of_newer = side == "newer"
        link = self.links[0] if of_newer else self.links[-1]
        rows = MergedRow.objects.filter(merge=link.merge, kind="person", of_newer=of_newer)
        return DIED in rows.values_list("state", flat=True)

    @property
    def whose_death(self) -> str | None:
        """Whom a death that was noted meanwhile, or taken back, is of, by the answer."""
        return self.answers.get(self.links[0].merge.duplicate_id)

    def _death(self) -> Iterator[Question]:
        died = self.sides.older.deceased
        if {self.died_before("newer"), self.died_before("older")} != {died}:
            key = self.links[0].merge.duplicate_id
            yield Question(key, "death", DIED if died else "lives", None, (key,))


def _of_the_row_of_visits(row: Any) -> bool:
    """The usual days after a first contact are one plan, and one question."""
    return isinstance(row, FollowUp) and row.reason == "schedule"


def _question(kind: str, row: Any) -> Question:
    what, on = {
        "event": lambda: (row.incident.kind, row.incident.occurred_at), "attempt": lambda: (row.channel, row.at),
        "need": lambda: (row.code, row.noted_at), "day": lambda: (row.reason, row.due_on),
    }[kind]()  # fmt: skip
    return Question(row.id, kind, what, on, (row.id,))


def _words(links: Iterable[Link]) -> Iterator[Question]:
    for link in links:
        if (found := changed_since(link)) is not None:
            contact, parts = found
            yield Question(link.merge.id, "contact", "", contact.kept_at, (link.merge.id,), tuple(parts))
        if names := corrected_since(link):
            yield Question(link.to, "identity", "", None, (link.to,), tuple(names))
