"""Laying match tokens: for one person when something about them is kept, and for everybody when the scheme has changed.

A data move cannot open anything, so tokens of an older scheme stay until the worker comes to them, in short steps, each
whole by itself. Meanwhile those people are found by the older tokens (`tokens.old_tokens_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import User
from alongside.common.actor import Actor
from alongside.common.walls import acting
from alongside.identity.description import Description
from alongside.identity.keyring import index_key, token_key
from alongside.identity.models import Identity, MatchToken, NearToken
from alongside.identity.recalling import recall
from alongside.identity.tokens import SCHEME, near_tokens, stored, tokens_of
from alongside.journal.actions import record
from alongside.people.models import Person

AT_A_TIME = 200
SECONDS_OF_A_DUTY = 40.0


def lay_tokens(people: dict[UUID, Description], program_id: UUID) -> None:
    """Replace the match tokens of people by those of their descriptions; the caller is in a transaction and journals."""
    key = token_key(program_id)
    MatchToken.objects.filter(person_id__in=list(people)).delete()
    MatchToken.objects.bulk_create(
        MatchToken(person_id=person, token=stored(kind, number))
        for person, who in people.items()
        for kind, number in sorted(tokens_of(who, key))
    )
    Identity.objects.filter(person_id__in=list(people)).update(token_scheme=SCHEME)


def lay_from_sealed(person_id: UUID, program_id: UUID) -> None:
    """The same for one person, from what is sealed; none for somebody of whom no identity is kept."""
    lay_tokens({person_id: Description()} | recall([person_id]), program_id)


def lay_near_tokens(person: Person, **plain: str) -> None:
    """Replace the numbers by which a look-up by somebody near raises an alarm, of the kinds that are named (ADR 15)."""
    fresh = near_tokens(index_key(), **plain)
    NearToken.objects.filter(person=person, kind__in={kind for kind, _ in fresh}).delete()
    NearToken.objects.bulk_create(NearToken(person=person, kind=kind, token=token) for kind, token in sorted(fresh))


def lay_own_near_tokens(user: User, **plain: str) -> list[str]:
    """Replace a user's own; gives the kinds."""
    NearToken.objects.filter(user=user).delete()
    fresh = near_tokens(index_key(), **plain)
    NearToken.objects.bulk_create(NearToken(user=user, kind=kind, token=token) for kind, token in sorted(fresh))
    return sorted({kind for kind, _ in fresh})


def lay_anew(*, by: Actor, size: int = AT_A_TIME, seconds: float = SECONDS_OF_A_DUTY) -> int:
    """Lay the tokens of people of an older scheme, some hundred in each transaction, until the time is up. Gives how many.

    Whoever was stopped in the middle goes on where it was: what is laid is marked in the same transaction.
    """
    until, count = monotonic() + seconds, 0
    while monotonic() < until:
        with acting(by.program_id):
            done = _lay_some(size, by)
        count += done
        if done < size:
            break
    return count


@transaction.atomic
def _lay_some(size: int, by: Actor) -> int:
    rows = Identity.objects.filter(person__program_id=by.program_id, token_scheme__lt=SCHEME)
    locked = rows.select_for_update(of=("self",)).order_by("id")[:size]
    people: Sequence[UUID] = [row.person_id for row in locked.only("person_id")]
    if people:
        lay_tokens(dict.fromkeys(people, Description()) | recall(people), by.program_id)
        record("tokens_laid", kind="program", target=by.program_id, by=by, people=len(people))
    return len(people)
