"""Keeping who a person is, recognizing one who was here before, and deciding a possible match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Town
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.keyring import index_key
from alongside.identity.models import Contact, Identity, Match, MatchState, MatchToken
from alongside.identity.tokens import Description, judge, tokens_of
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.people.actions import add_person, merge_people
from alongside.people.models import Person
from alongside.people.queries import person_for

MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Recognition:
    """The person to go on with, and whether they are the same as before, possibly somebody known, or new."""

    person: Person
    answer: str
    matches: int = 0


@transaction.atomic
def recognize_person(description: Description, *, by: Actor, home_town: Town | None = None) -> Recognition:
    """Find or add the person of a description. “Possible” adds a person *and* a match to decide: the clock never waits."""
    tokens = tokens_of(description, index_key())
    verdicts = {found: judge(known, tokens) for found, known in _candidates(tokens, by.program_id).items()}
    same = _living((found for found, verdict in verdicts.items() if verdict.answer == "same"), by)
    if len(same) == 1:
        return Recognition(same.pop(), "same")
    person = add_person(by=by, home_town=home_town)
    keep_identity(person, description, by=by)
    possible = [found for found, verdict in verdicts.items() if verdict.reasons]
    for found in possible:
        Match.objects.create(
            program_id=by.program_id, newer=person, older_id=found, reasons=list(verdicts[found].reasons), made_at=now()
        )
    return Recognition(person, "possible" if possible else "new", len(possible))


def _living(people: Iterable[UUID], by: Actor) -> set[Person]:
    return {person for person in (person_for(by, found) for found in people) if person is not None}


def _candidates(tokens: dict[str, int], program_id: UUID) -> dict[UUID, dict[str, int]]:
    people: set[UUID] = set()
    for kind, token in tokens.items():
        rows = MatchToken.objects.filter(kind=kind, token=token, person__program_id=program_id)
        people.update(rows.values_list("person_id", flat=True)[:MOST_CANDIDATES])
    known: dict[UUID, dict[str, int]] = {}
    for person_id, kind, token in MatchToken.objects.filter(person_id__in=people).values_list("person_id", "kind", "token"):
        known.setdefault(person_id, {})[kind] = token
    return known


@transaction.atomic
def keep_identity(person: Person, description: Description, *, by: Actor) -> None:
    """Seal a description as the person's identity, and lay its tokens; what was there before is replaced."""
    identity = Identity.objects.filter(person=person).first() or Identity(person=person)
    born = description.birth_date.isoformat() if description.birth_date else ""
    seal(identity, person.program_id, given_name=description.given_name, family_name=description.family_name,
         birth_date=born)  # fmt: skip
    identity.save()
    MatchToken.objects.filter(person=person).delete()
    tokens = tokens_of(description, index_key())
    MatchToken.objects.bulk_create(MatchToken(person=person, kind=kind, token=token) for kind, token in tokens.items())
    record("sealed", kind="person", target=person.id, by=by, classes=["identity"])


@transaction.atomic
def keep_contact(person: Person, *, by: Actor, place_safety: Iterable[str] = (), language: str = "",
                 only_missing: bool = False, **plain: str) -> None:  # fmt: skip
    """Seal the least a visit needs (`ask_for`, `meeting_place`, `phone`); values not named stay as they are.

    With `only_missing` a value that is there is not replaced.
    """
    contact = Contact.objects.filter(person=person).first() or Contact(person=person)
    plain = {name: text for name, text in plain.items() if not only_missing or getattr(contact, name) is None}
    seal(contact, person.program_id, **plain)
    contact.language = language or contact.language
    contact.place_safety = list(place_safety) or contact.place_safety
    contact.kept_at = now()
    contact.save()
    record("sealed", kind="person", target=person.id, by=by, classes=["contact"])


@transaction.atomic
def decide_match(match: Match, *, same: bool, by: Actor) -> None:
    """A coordinator's answer to a possible match: join the newer record to the older one, or keep them apart for good."""
    if match.state != MatchState.OPEN:
        raise Refused("Somebody decided this match already.")
    match.state = MatchState.SAME if same else MatchState.DIFFERENT
    match.save(update_fields=["state"])
    newer, older = person_for(by, match.newer_id), person_for(by, match.older_id)
    if same and newer is not None and older is not None:
        if newer.id != older.id:  # an earlier answer may have joined them already
            merge_people(newer, older, by=by)
    else:
        record("people_kept_apart", kind="person", target=match.newer_id, by=by, other=str(match.older_id))
