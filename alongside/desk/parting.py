"""Taking two people apart who had been joined: each row goes back to the side it was added for, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.cases.models import Case
from alongside.cases.parting import (
    note_apart,
    open_apart,
    recount,
    reopen_apart,
    settle_death,
    stop_again,
    tie_anew,
)  # fmt: skip
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.consent.actions import restrict_too
from alongside.desk.standing import ASKED, ON_A_CASE, ON_A_NEED, Question, Row, Standing
from alongside.families.actions import part_talks
from alongside.identity.matching import hand_over, undo_merge
from alongside.identity.models import Merge, MergedRow
from alongside.identity.naming import part_words
from alongside.identity.sides import links_of, sides_of
from alongside.referrals.models import Need, Referral, Ride
from alongside.referrals.sharing import part_agreements
from alongside.visits.rules import REMOTE, is_contact, is_try

SIDES = ("newer", "older")


def questions_about(merge: Merge, viewer: Actor) -> list[Question]:
    """What a person has to say before a join is undone; empty when everything can be told."""
    sides = sides_of(merge, viewer)
    return Standing.read(sides, links_of(merge)).questions() if sides else []


@transaction.atomic
def part(merge: Merge, answers: Mapping[UUID, str], *, why: str, by: Actor) -> None:
    """Undo a join, all of it or nothing: pointer, cases, needs, tries, days, ways to reach them, agreements, teams.

    `answers` says “newer” or “older” for each question of `questions_about`; one that lacks is refused.
    """
    links = links_of(merge)
    asked = questions_about(merge, by)
    if any(answers.get(question.key) not in SIDES for question in asked):
        raise Refused("Say for each line whose it is.")
    sides = undo_merge(merge, why=why, by=by)
    for link in links:
        part_words(link, sides, answers, by=by)
    said = {row: answers[question.key] for question in asked for row in question.rows}
    Parting(Standing.read(sides, links, said), by).run()
    for link in links:
        part_agreements(link.to, link.merge.made_at, by=by)
        restrict_too(sides.newer, link.to, link.merge.made_at, by=by)
    part_talks(list(sides.owner), merge.made_at, by=by)
    tie_anew(list(sides.owner), by=by)


class Parting:
    """One undoing of a join, step by step; inside the transaction of `part`."""

    def __init__(self, standing: Standing, by: Actor) -> None:
        self.standing, self.sides, self.by = standing, standing.sides, by
        self.whose = {row: self._whose(row) for row in standing.rows}
        self.changed = set[UUID]()
        self.left = list[tuple[Row, MergedRow]]()

    def _whose(self, row: Row) -> str:
        if row[0] in ON_A_NEED:
            return self.standing.side_of_referral(row)
        return self.standing.side(row) or "older"

    def run(self) -> None:
        """Who has died first, so that nobody is sent; then cases, what lies in them, what hangs on that; the counts last."""
        self._death()
        self._each(("case",), self._case)
        self._each(ON_A_CASE, self._back)
        for side in SIDES:
            if self.standing.whose_death:
                self.changed |= settle_death(self.sides.named(side), self.standing.links[0].merge.made_at, by=self.by)
            self._settle(side)
        self._each(ON_A_NEED, self._referral)
        self._each(("event", "need", "attempt", *ON_A_NEED), self._person)
        self._forget_places()
        self._count()

    def _death(self) -> None:
        """A death that was noted, or taken back, while both were one is of one of them; the other is again as before."""
        now, whose = self.sides.older.deceased, self.standing.whose_death
        before = {side: self.standing.died_before(side) for side in SIDES if whose}
        for side, died in before.items():
            note_apart(self.sides.named(side), died=now if side == whose else died, by=self.by)

    def _each(self, kinds: Iterable[str], step: Callable[[Row], None]) -> None:
        wanted = set(kinds)
        for row in [row for row in self.whose if row[0] in wanted]:
            step(row)

    # --- where a row stood ---

    def _pop(self, row: Row) -> UUID:
        place = self.standing.chains[row].pop()
        self.left.append((row, place))
        return place.was

    def _case(self, row: Row) -> None:
        case, side = self.standing.rows[row], self.whose[row]
        person = case.person_id
        while self.sides.of(person) != side and self.standing.chain(row):
            person = self._pop(row)
        living = self.sides.named(side).id
        if self.sides.of(person) != side or case.status != "closed":
            person = living
        if person != case.person_id:
            self.changed.add(case.id)
            Case.objects.filter(id=case.id).update(person=person)
            case.person_id = person

    def _side_of(self, case_id: UUID) -> str:
        return self.whose.get(("case", case_id), "older")

    def _back(self, row: Row) -> None:
        """Back along the way it came, until it is in a case of its own side."""
        value, side = self.standing.rows[row], self.whose[row]
        under: UUID = value.case_id
        while self._side_of(under) != side and self.standing.chain(row):
            under = self._pop(row)
        if self._side_of(under) == side and under != value.case_id:
            self._move(row, under)

    def _move(self, row: Row, to: UUID) -> None:
        value = self.standing.rows[row]
        self.changed |= {value.case_id, to}
        type(value).objects.filter(id=value.id).update(case=to)
        value.case_id = to

    # --- which case goes on ---

    def _settle(self, side: str) -> None:
        """One open case for each side that has work; what was left in a closed duplicate goes on in it."""
        strays = [row for row in self.whose if row[0] in ON_A_CASE and self._strays(row, side)]
        closed = self._ended_by_joining(side)
        if not strays and not closed:
            return
        target = self._open_case(side)
        if target is None:
            target = self._go_on(side, closed, strays)
        for row in strays:
            self._take_in(row, target)
        for case in closed:
            for row in [row for row in self.whose if row[0] in ON_A_CASE and self._lies_in(row, case.id, target.id)]:
                self._take_in(row, target, keep=True)

    def _strays(self, row: Row, side: str) -> bool:
        return self.whose[row] == side and self._side_of(self.standing.rows[row].case_id) != side

    def _lies_in(self, row: Row, case_id: UUID, target_id: UUID) -> bool:
        """Whether a row came back to a duplicate that does not go on, and is not one that always stayed there."""
        value = self.standing.rows[row]
        came_back = any(popped == row and place.was == case_id for popped, place in self.left)
        return value.case_id == case_id != target_id and came_back

    def _ended_by_joining(self, side: str) -> list[Case]:
        """Cases of a side that were closed as duplicates and got their events back; the living record's own last."""
        back = {place.was for row, place in self.left if row[0] == "event"}
        found = [
            value for row, value in self.standing.rows.items()
            if row[0] == "case" and self.whose[row] == side and value.id in back
            and value.status == "closed" and value.outcome == "duplicate"
            and any(one.case_id == value.id for kind, one in self._values() if kind == "event")
        ]  # fmt: skip
        return sorted(found, key=lambda case: (case.person_id == self.sides.named(side).id, case.event_at, case.id))

    def _values(self) -> list[tuple[str, Any]]:
        return [(row[0], value) for row, value in self.standing.rows.items()]

    def _open_case(self, side: str) -> Case | None:
        return Case.objects.filter(person=self.sides.named(side)).exclude(status="closed").first()

    def _go_on(self, side: str, closed: list[Case], strays: list[Row]) -> Case:
        if not closed:
            like = self.standing.rows[("case", self.standing.rows[strays[0]].case_id)]
            return open_apart(self.sides.named(side), like, by=self.by)
        case = closed[-1]
        Case.objects.filter(id=case.id).update(person=self.sides.named(side))
        case.refresh_from_db()
        states = [place.state for place in self._places(("case", case.id)) if place.state != "closed"]
        reopen_apart(case, status=states[-1] if states else "waiting", by=self.by)
        self.changed.add(case.id)
        return case

    def _places(self, row: Row) -> list[MergedRow]:
        popped = [place for left, place in self.left if left == row]
        return sorted([*self.standing.chain(row), *popped], key=lambda place: place.id)

    def _take_in(self, row: Row, target: Case, *, keep: bool = False) -> None:
        """Put a row under the case that goes on; with `keep`, what is known of where it was stays known."""
        value = self.standing.rows[row]
        if row[0] == "need" and value.met_at is None:
            twin = Need.objects.filter(case=target, code=value.code, met_at=None).exclude(id=value.id).first()
            if twin is not None and not keep:
                raise Refused("Both want the same and it is still open. Mark one of the two as met first.")
            if twin is not None:
                Referral.objects.filter(need=value).update(need=twin)
                Ride.objects.filter(need=value).update(need=twin)
                return
        place = next((place for left, place in self.left if left == row and place.was == value.case_id), None)
        if keep and place is not None:
            self.left.remove((row, place))
            self.standing.chains.setdefault(row, []).append(place)
        self._move(row, target.id)

    # --- what hangs on them ---

    def _referral(self, row: Row) -> None:
        value, side = self.standing.rows[row], self.whose[row]
        under: UUID = value.need_id
        while self.whose.get(("need", under), "older") != side and self.standing.chain(row):
            under = self._pop(row)
        if under != value.need_id:
            type(value).objects.filter(id=value.id).update(need=under)
            value.need_id = under

    def _person(self, row: Row) -> None:
        """What was written for one person while both were one becomes theirs, under their own key."""
        value, person = self.standing.rows[row], self.sides.named(self.whose[row])
        if row[0] == "event":
            incident = value.incident
            if incident.person_id is not None and self.sides.of(incident.person_id) != self.whose[row]:
                incident.person = person
                incident.save(update_fields=["person"])
        elif self.sides.of(value.person_id) != self.whose[row]:
            hand_over(value, person, by=self.by)

    def _forget_places(self) -> None:
        """The places of this join, of the ways that were gone back, and of joins that are the other side's from now on."""
        gone = {place.id for _, place in self.left}
        for row, chain in self.standing.chains.items():
            side = self.whose.get(row, "older")
            moved = side == "newer" and row[0] in ASKED and row[1] in self.standing.answers
            gone |= {place.id for place in chain if moved or self.sides.of(place.merge.into_id) != side}
        MergedRow.objects.filter(id__in=gone).delete()
        MergedRow.objects.filter(merge=self.standing.links[0].merge).delete()

    def _count(self) -> None:
        for case in Case.objects.filter(id__in=self.changed).select_related("person", "program"):
            _count(case, self.by)


def _count(case: Case, by: Actor) -> None:
    tries = [row for row in case.tries.all() if is_try(row.result)]
    recount(case, [(row.at, is_contact(row.result), row.channel not in REMOTE) for row in tries], by=by)


@transaction.atomic
def go_on_apart(person: UUID, case_id: UUID, other: UUID, since: datetime, *, by: Actor) -> None:
    """After an event that was taken for one of `other` went to a person of its own, each goes on as if it had come so.

    The new one has an open case, the named one of theirs where it was closed: it may have ended for the other alone.
    """
    stop_again(other, since, by=by)
    if not Case.objects.filter(person_id=person).exclude(status="closed").exists():
        case = Case.objects.select_related("person", "program").get(person_id=person, id=case_id)
        reopen_apart(case, status="waiting", by=by)
        _count(case, by)
