"""Sealed values for the firewall to open, and the matches that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from alongside.common.actor import Actor
from alongside.identity.models import Contact, Identity, Match, MatchState


def contacts_of(viewer: Actor, people: Iterable[UUID]) -> dict[UUID, Contact]:
    """The sealed contact of each person of the viewer's program; opening it is the firewall's to decide."""
    rows = Contact.objects.filter(person_id__in=list(people), person__program_id=viewer.program_id)
    return {row.person_id: row for row in rows}


def identities_of(viewer: Actor, people: Iterable[UUID]) -> dict[UUID, Identity]:
    """The sealed identity of each person of the viewer's program."""
    rows = Identity.objects.filter(person_id__in=list(people), person__program_id=viewer.program_id)
    return {row.person_id: row for row in rows}


def open_matches_for(viewer: Actor) -> list[Match]:
    """Matches of the program that wait for a decision, oldest first."""
    rows = Match.objects.select_related("newer", "older", "newer__home_town", "older__home_town")
    return list(rows.filter(program_id=viewer.program_id, state=MatchState.OPEN).order_by("made_at")[:50])


def match_for(viewer: Actor, match_id: UUID) -> Match | None:
    """One open match of the viewer's program."""
    rows = Match.objects.select_related("newer", "older").filter(program_id=viewer.program_id, state=MatchState.OPEN)
    return rows.filter(id=match_id).first()
