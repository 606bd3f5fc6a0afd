"""Keeping who a person is, recognizing one who was here before, and deciding a possible match."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Town, User
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.forgetting import descriptions_of, is_suppressed
from alongside.identity.keyring import index_key
from alongside.identity.models import Contact, Forgotten, Identity, Match, MatchState, MatchToken, NearToken
from alongside.identity.rules import MOST_FOUND, may_ask, may_keep_safety
from alongside.identity.tokens import Description, Verdict, judge, near_tokens, tokens_of
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.people.actions import add_person, merge_people
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of

MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Recognition:
    """The person to go on with, and whether they are the same as before, possibly somebody known, or new.

    “suppressed” comes without a person: they asked for no contact and were forgotten, and nothing about them is kept.
    """

    person: Person | None
    answer: str
    matches: int = 0


@transaction.atomic
def recognize_person(description: Description, *, by: Actor, home_town: Town | None = None) -> Recognition:
    """Find or add the person of a description. “Possible” adds a person *and* a match to decide: the clock never waits."""
    if is_suppressed(description, by.program_id):
        record("arrival_suppressed", kind="person", target="nobody", by=by)
        return Recognition(None, "suppressed")
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
def look_up(asked: Description, purpose: str, *, by: Actor) -> list[Person]:
    """The at most five living records that both identifiers fit, surest first; asked and answered in the journal.

    Whoever may not ask gets what an unknown name gets, for the same work: their tokens are made with a key of the moment,
    so that nothing is compared with anybody (42 CFR 2.13(c)).
    """
    may_ask(asked, purpose).require()
    allowed = may(by.role, "find_person") and not by.is_police
    tokens = tokens_of(asked, index_key() if allowed else os.urandom(32))
    verdicts = {found: judge(known, tokens) for found, known in _candidates(tokens, by.program_id).items()}
    fitting = [found for found in verdicts if allowed and _fits(verdicts[found])]
    fitting.sort(key=lambda found: (verdicts[found].answer != "same", -len(verdicts[found].reasons), found))
    # Somebody whose record is closed to everybody, where a law forbids destroying it, is unknown like who was forgotten.
    living = (person for one in fitting if (person := person_for(by, one)) is not None and person.sealed_at is None)
    people = list(dict.fromkeys(living))[:MOST_FOUND]
    record("looked_up" if allowed else "lookup_denied", kind="search", target=str(by.user_id), by=by, purpose=purpose,
           found=len(people), people=[str(person.id) for person in people])  # fmt: skip
    return people


def _fits(verdict: Verdict) -> bool:
    """Whether two identifiers agree; a year, or one token that met another by chance, is not enough."""
    return {"sound_date", "sound_year"} <= set(verdict.reasons) or "phone_sound" in verdict.reasons


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
    _lay_near_tokens(person, family_name=description.family_name, phone=description.phone)
    record("sealed", kind="person", target=person.id, by=by, classes=["identity"])


@transaction.atomic
def correct_identity(person: Person, *, by: Actor, **parts: Any) -> None:
    """Replace parts of a description (`given_name`, `family_name`, `birth_date`) and lay the tokens of the whole anew."""
    known = next(descriptions_of(records_of(person)), Description())
    keep_identity(person, replace(known, **parts), by=by)


def _lay_near_tokens(person: Person, **plain: str) -> None:
    fresh = near_tokens(index_key(), **plain)
    NearToken.objects.filter(person=person, kind__in={kind for kind, _ in fresh}).delete()
    NearToken.objects.bulk_create(NearToken(person=person, kind=kind, token=token) for kind, token in sorted(fresh))


@transaction.atomic
def keep_own_details(user: User, phone: str, place: str, *, by: Actor) -> None:
    """Keep keyed numbers of a user's own phone and address, never the words: whom they look up is compared with them.

    An empty value takes the earlier one away. Everybody may set their own; for others it takes `manage_users`.
    """
    if by.user_id != user.id and not may(by.role, "manage_users"):
        raise Refused("Everybody names their own phone and address.")
    NearToken.objects.filter(user=user).delete()
    fresh = near_tokens(index_key(), phone=phone, place=place)
    NearToken.objects.bulk_create(NearToken(user=user, kind=kind, token=token) for kind, token in sorted(fresh))
    record("user_changed", kind="user", target=user.id, by=by, near=sorted({kind for kind, _ in fresh}))


@transaction.atomic
def keep_contact(person: Person, *, by: Actor, place_safety: Iterable[str] | None = None, language: str = "",
                 only_missing: bool = False, **plain: str) -> None:  # fmt: skip
    """Seal the least a visit needs (`ask_for`, `meeting_place`, `phone`, `never_mention`); values not named stay as they are.

    With `only_missing` a value that is there is not replaced. About the place only words of the list are kept, from now on
    for ninety days; an empty list drops them.
    """
    contact = Contact.objects.filter(person=person).first() or Contact(person=person)
    plain = {name: text for name, text in plain.items() if not only_missing or getattr(contact, name) is None}
    seal(contact, person.program_id, **plain)
    contact.language = language or contact.language
    if place_safety is not None:
        _say_about_the_place(contact, list(place_safety))
    elif contact.place_safety:  # said before its day was kept: no newer than the last time anything was
        contact.place_safety_at = contact.place_safety_at or contact.kept_at
    contact.kept_at = now()
    contact.save()
    _lay_near_tokens(person, phone=plain.get("phone", ""), place=plain.get("meeting_place", ""))
    record("sealed", kind="person", target=person.id, by=by, classes=["contact"])


def _say_about_the_place(contact: Contact, codes: list[str]) -> None:
    may_keep_safety(codes).require()
    if codes and Forgotten.objects.filter(holder=contact.person_id).exists():
        raise Refused("This person asked to be forgotten; nothing more can be kept about them.")
    contact.place_safety, contact.place_safety_at = codes, now() if codes else None


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
