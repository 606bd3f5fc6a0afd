"""Sealed values for the firewall to open, and the matches that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from alongside.accounts.models import User
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.identity.keyring import index_key
from alongside.identity.models import Contact, Forgotten, Identity, Match, MatchState, Merge, NearToken
from alongside.identity.pages import Page, page_of
from alongside.identity.tokens import near_tokens
from alongside.people.models import Person


def contacts_of(viewer: Actor, people: Iterable[UUID]) -> dict[UUID, Contact]:
    """The newest sealed contact of each person, their merged records included; opening it is the firewall's to decide."""
    wanted, found = list(people), dict[UUID, Contact]()
    rows = Contact.objects.select_related("person__merged_into").filter(person__program_id=viewer.program_id)
    rows = rows.filter(
        Q(person_id__in=wanted) | Q(person__merged_into_id__in=wanted)
        | Q(person__merged_into__merged_into_id__in=wanted)
    )  # fmt: skip
    for row in rows.order_by("kept_at"):
        into = row.person.merged_into
        chain = (row.person_id, into.id if into else None, into.merged_into_id if into else None)
        found |= {person: row for person in wanted if person in chain}
    return found


def identities_of(viewer: Actor, people: Iterable[UUID]) -> dict[UUID, Identity]:
    """The sealed identity of each person of the viewer's program."""
    rows = Identity.objects.filter(person_id__in=list(people), person__program_id=viewer.program_id)
    return {row.person_id: row for row in rows}


def open_matches_for(viewer: Actor) -> list[Match]:
    """Matches of the program that wait for a decision, oldest first; those that were put off when their time has come."""
    rows = Match.objects.select_related("newer", "older", "newer__home_town", "older__home_town")
    return list(rows.filter(_waiting(), program_id=viewer.program_id).order_by("made_at")[:50])


def _waiting() -> Q:
    return Q(Q(ask_again_at=None) | Q(ask_again_at__lte=now()), state=MatchState.OPEN)


def merges_for(viewer: Actor, after: str = "") -> Page[Merge]:
    """The joins of the viewer's program: those that stand first, the newest first, then those that were undone.

    Fifty at a time, from a key given by the page before.
    """
    rows = Merge.objects.filter(program_id=viewer.program_id).select_related("duplicate", "into", "made_by", "undone_by")
    return page_of(rows, after, "undone_at")


def _kept_apart(viewer: Actor) -> QuerySet[Match]:
    rows = Match.objects.select_related("newer", "older")
    return rows.filter(program_id=viewer.program_id, state=MatchState.DIFFERENT)


def kept_apart_for(viewer: Actor, after: str = "") -> Page[Match]:
    """Pairs of the program that were found to be two people, the newest first; fifty at a time."""
    return page_of(_kept_apart(viewer), after, "made_at")


def apart_for(viewer: Actor, match_id: UUID) -> Match | None:
    """One pair of the program that was found to be two people."""
    return _kept_apart(viewer).filter(id=match_id).first()


def is_forgotten(viewer: Actor, person_id: UUID) -> bool:
    """Whether nothing of a person is kept any more but the counts; ids nobody can guess, so any viewer may ask."""
    return Forgotten.objects.filter(holder=person_id).exists()


def open_match_count_for(viewer: Actor) -> int:
    """How many matches of the program wait for a decision."""
    return Match.objects.filter(_waiting(), program_id=viewer.program_id).count()


def match_for(viewer: Actor, match_id: UUID) -> Match | None:
    """One open match of the viewer's program."""
    rows = Match.objects.select_related("newer", "older").filter(program_id=viewer.program_id, state=MatchState.OPEN)
    return rows.filter(id=match_id).first()


def maybe_same(viewer: Actor, records: Iterable[UUID]) -> set[UUID]:
    """All records of whomever an open match says that some records may be, put off or not: nobody decided yet."""
    own = set(records)
    return _in_open_matches(viewer, Q(newer_id__in=own) | Q(older_id__in=own)) - own


def may_be(viewer: Actor, **so: Any) -> set[UUID]:
    """All records of everybody of whom an open match says that they may be somebody of whom `so` holds; those among them."""
    return _in_open_matches(viewer, _either(so))


def in_doubt(viewer: Actor, **so: Any) -> Exists:
    """The same as a condition on rows with a living person's `person_id`, so that no list costs a question more."""
    this = [f"{side}{up}" for side in ("newer", "older") for up in ("", "__merged_into", "__merged_into__merged_into")]
    rows = Match.objects.filter(_either(so), program_id=viewer.program_id, state=MatchState.OPEN)
    return Exists(rows.filter(reduce(or_, (Q(**{name: OuterRef("person_id")}) for name in this))))


def _either(so: dict[str, Any]) -> Q:
    newer, older = (Q(**{f"{side}__{name}": value for name, value in so.items()}) for side in ("newer", "older"))
    return newer | older


def _in_open_matches(viewer: Actor, which: Q) -> set[UUID]:
    rows = Match.objects.filter(which, program_id=viewer.program_id, state=MatchState.OPEN)
    found, edge = set[UUID](), {one for pair in rows.values_list("newer_id", "older_id") for one in pair}
    while edge:  # up and down the pointers of records that were joined
        found |= edge
        joined = Person.objects.filter(Q(id__in=edge) | Q(merged_into_id__in=edge), merged_into__isnull=False)
        edge = {one for pair in joined.values_list("id", "merged_into_id") for one in pair} - found
    return found


def near_to(viewer: Actor, user: User, people: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Which of these people share the family name's sound, the phone or the address of a user: kinds, never a value."""
    own = set(NearToken.objects.filter(user=user).values_list("kind", "token"))
    family = user.display_name.partition(" ")[2] or user.display_name
    own |= near_tokens(index_key(), family_name=family)
    rows = NearToken.objects.filter(
        person_id__in=list(people), person__program_id=viewer.program_id, token__in=[token for _, token in own]
    )
    found: dict[UUID, list[str]] = {}
    for person, kind, token in rows.order_by("kind").values_list("person_id", "kind", "token"):
        if (kind, token) in own and person is not None:
            found.setdefault(person, []).append(kind)
    return found
