"""Who is who, decided by a person: a pair is proposed, answered, and, when it was wrong, taken apart again.

A join is a pointer. What stood where before is kept beside it (`Merge`, `MergedRow`), so that it can be undone weeks
later. A pair once found to be two people is never proposed again, whichever of their records turn up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q, QuerySet

from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.fields import SealedField
from alongside.identity.models import Forgotten, Match, MatchState, Merge
from alongside.identity.naming import before_a_join
from alongside.identity.rules import ASK_AGAIN_DAYS, MATCH_ANSWERS, may_undo
from alongside.identity.sides import Sides, sides_of
from alongside.identity.unsealing import unseal
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.people.actions import add_taken_for, merge_people, part_people
from alongside.people.models import Person
from alongside.people.queries import held, person_for, records_of

# --- proposing --------------------------------------------------------------------------------------------------------


def _between(one: Sequence[UUID], other: Sequence[UUID]) -> QuerySet[Match]:
    """Every match between any record of one person and any of another, whichever is the newer."""
    return Match.objects.filter(
        Q(newer_id__in=one, older_id__in=other) | Q(newer_id__in=other, older_id__in=one)
    ).order_by("made_at", "id")  # fmt: skip


@transaction.atomic
def propose_match(newer: Person | UUID, older: Person | UUID, reasons: Iterable[str], *, by: Actor) -> Match | None:
    """Ask a coordinator whether two records are one person, once; None when that is settled or there is nothing to ask.

    Settled is: joined already, or found to be two people, for any of their records. A match that was put off comes back
    at once when a reason is new.
    """
    ids = [one.id if isinstance(one, Person) else one for one in (newer, older)]
    new, old = (person_for(by, one) for one in ids)
    if new is None or old is None or new.id == old.id:
        return None
    known = _between(records_of(new), records_of(old))
    if any(match.state == MatchState.DIFFERENT for match in known):
        return None
    codes = list(dict.fromkeys(reasons))
    match = known.filter(state=MatchState.OPEN).first() or known.first()
    if match is None:
        return ask_about(ids[0], ids[1], codes, by=by)
    if match.state != MatchState.OPEN or set(codes) - set(match.reasons):
        fresh = [code for code in codes if code not in match.reasons]
        match.state, match.reasons, match.ask_again_at = MatchState.OPEN, [*match.reasons, *fresh], None
        match.save(update_fields=["state", "reasons", "ask_again_at"])
        record("match_proposed", kind="person", target=match.newer_id, by=by, other=str(match.older_id), reasons=fresh)
    return match


def is_in_a_match(person: Person) -> bool:
    """Whether anything was ever asked or decided about a record."""
    return Match.objects.filter(Q(newer_id=person.id) | Q(older_id=person.id)).exists()


@transaction.atomic
def ask_about(newer_id: UUID, older_id: UUID, reasons: Sequence[str], *, by: Actor) -> Match:
    """Ask whether a record nobody has decided anything about, such as a newcomer's, is a living person of the program."""
    codes = list(dict.fromkeys(reasons))
    match = Match.objects.create(program_id=by.program_id, newer_id=newer_id, older_id=older_id, reasons=codes, made_at=now())
    record("match_proposed", kind="person", target=newer_id, by=by, other=str(older_id), reasons=codes)
    return match


# --- deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_match(match: Match, answer: str, *, by: Actor) -> Merge | None:
    """A coordinator's answer: “same” joins and gives the merge, “different” holds for good, “cannot_tell” asks again later.

    None when nothing was joined, also when another answer had joined the two already.
    """
    match.refresh_from_db(from_queryset=Match.objects.select_for_update())
    if match.state != MatchState.OPEN:
        raise Refused("Somebody decided this match already.")
    if answer not in MATCH_ANSWERS:
        raise Refused("Say whether it is one person or two, or that you can't tell.")
    if answer == "cannot_tell":
        match.ask_again_at = now() + timedelta(days=ASK_AGAIN_DAYS)
        match.save(update_fields=["ask_again_at"])
        record("match_put_off", kind="person", target=match.newer_id, by=by, other=str(match.older_id))
        return None
    newer, older = person_for(by, match.newer_id), person_for(by, match.older_id)
    joins = answer == "same" and newer is not None and older is not None
    _settle(match, newer, older, MatchState.SAME if joins else MatchState.DIFFERENT)
    if joins and newer is not None and older is not None:
        return _join(match, newer, older, by) if newer.id != older.id else None
    record("people_kept_apart", kind="person", target=match.newer_id, by=by, other=str(match.older_id))
    return None


def _settle(match: Match, newer: Person | None, older: Person | None, state: MatchState) -> None:
    """One answer settles every open match between the two; “one person” never against “two people” said before."""
    pairs = Match.objects.filter(id=match.id)
    if newer is not None and older is not None and newer.id != older.id:
        between = _between(records_of(newer), records_of(older))
        if state == MatchState.SAME and between.filter(state=MatchState.DIFFERENT).exists():
            raise Refused("Some of their records were found to be two people. Keep them apart, or talk to whoever said so.")
        pairs = pairs | between.filter(state=MatchState.OPEN).order_by()
    pairs.update(state=state, ask_again_at=None)
    match.state, match.ask_again_at = state, None


def _join(match: Match, newer: Person, older: Person, by: Actor) -> Merge:
    merge = Merge(
        program_id=by.program_id, match=match, duplicate=newer, into=older, made_at=now(), made_by_id=by.user_id
    )  # fmt: skip
    seal(merge, by.program_id, **before_a_join(older))
    merge.save(force_insert=True)
    merge_people(newer, older, by=by)
    return merge


@transaction.atomic
def ask_again(match: Match, *, by: Actor) -> None:
    """Put a pair that was found to be two people before a coordinator once more; until then nobody proposes it."""
    newer, older = person_for(by, match.newer_id), person_for(by, match.older_id)
    if match.state != MatchState.DIFFERENT or newer is None or older is None or newer.id == older.id:
        raise Refused("There is nothing to ask again.")
    told = _between(records_of(newer), records_of(older)).filter(state=MatchState.DIFFERENT)
    told.order_by().update(state=MatchState.OPEN, ask_again_at=None)
    record("match_proposed", kind="person", target=match.newer_id, by=by, other=str(match.older_id), again=True)


# --- taking apart -----------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(merge: Merge, *, why: str, by: Actor) -> Sides:
    """Point the joined record at itself again, and remember that these are two people; the rows are the caller's to part.

    What either asked for (stop, no police) stays on both until a person says otherwise.
    """
    merge.refresh_from_db(from_queryset=Merge.objects.select_for_update())
    sides = sides_of(merge, by)
    if sides is None:
        raise Refused("These two were taken apart already.")
    forgotten = Forgotten.objects.filter(holder__in=list(sides.owner)).exists()
    may_undo(why, allowed=may(by.role, "review_matches"), held=bool(held(sides.owner)), forgotten=forgotten).require()
    part_people(sides.newer, by=by, why=why)
    merge.undone_at, merge.undone_by_id, merge.why = now(), by.user_id, why
    merge.save(update_fields=["undone_at", "undone_by", "why"])
    apart = [one for one in sides.owner if sides.of(one) == "newer"]
    rest = [one for one in sides.owner if sides.of(one) == "older"]
    _between(apart, rest).order_by().update(state=MatchState.DIFFERENT, ask_again_at=None)
    if not _between([merge.duplicate_id], [merge.into_id]).exists():  # a third record had brought them together
        Match.objects.create(program_id=merge.program_id, newer_id=merge.duplicate_id, older_id=merge.into_id,
                             state=MatchState.DIFFERENT, made_at=now())  # fmt: skip
    return sides


@transaction.atomic
def note_taken_for(into: Person, merge_id: UUID, since: datetime, *, wishes: bool, by: Actor) -> Merge:
    """Write down as a join, made by nobody, that recognition took somebody without a record for `into`; to be undone.

    `merge_id` sorts it among the joins that were made since, and is the new record's id. How `into` is reached stays theirs.
    """
    newer = add_taken_for(into, merge_id, wishes=wishes, by=by)
    match = Match.objects.create(program_id=by.program_id, newer=newer, older=into, state=MatchState.SAME, made_at=since)
    merge = Merge(id=merge_id, program_id=by.program_id, match=match, duplicate=newer, into=into, made_at=since)
    seal(merge, by.program_id, **before_a_join(into))
    merge.save(force_insert=True)
    return merge


@transaction.atomic
def hand_over(row: Any, person: Person, *, by: Actor) -> None:
    """Make a row with a `person` another record's: what is sealed in it is sealed anew, under that person's key."""
    fields = [one for one in row._meta.concrete_fields if isinstance(one, SealedField) and one.holder == "person_id"]
    there = [one for one in fields if getattr(row, one.attname) is not None]
    plain = dict(zip((one.name for one in there), unseal([getattr(row, one.attname) for one in there]), strict=True))
    row.person = person
    seal(row, person.program_id, **plain)
    row.save(update_fields=["person", *plain])
    if plain:
        classes = sorted({one.privacy_class for one in there})
        record("sealed", kind="person", target=person.id, by=by, classes=classes, handed_over=str(row.pk))


# --- reading ----------------------------------------------------------------------------------------------------------


def merge_for(viewer: Actor, merge_id: UUID) -> Merge | None:
    """One join of the viewer's program that still holds."""
    rows = Merge.objects.select_related("duplicate", "into", "made_by", "match")
    return rows.filter(program_id=viewer.program_id, id=merge_id, undone_at=None).first()


def put_off_for(viewer: Actor) -> models.QuerySet[Match]:
    """The matches of the program that somebody could not tell, the next to come back first."""
    rows = Match.objects.select_related("newer", "older", "newer__home_town", "older__home_town")
    return rows.filter(
        program_id=viewer.program_id, state=MatchState.OPEN, ask_again_at__gt=now()
    ).order_by("ask_again_at")  # fmt: skip
