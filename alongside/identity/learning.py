"""What is kept of somebody who came: of a newcomer all of it, of one who was recognized what was not known.

Nothing is written over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from alongside.common.actor import Actor
from alongside.identity.candidates import Found
from alongside.identity.description import Description
from alongside.identity.keeping import keep_identity
from alongside.identity.matching import ask_about, is_in_a_match, propose_match
from alongside.identity.rules import is_phone
from alongside.identity.tokens import fold
from alongside.journal.actions import record
from alongside.people.models import Person

MOST_MATCHES = 3  # asked of a coordinator about one newcomer
MOST_ALIASES = 5
# Twins have all but the first name in common: another one is learned only where the first name speaks for it.
SAME_GIVEN = frozenset({"given_exact", "given_nickname", "given_part"})


def news_of(known: Description, said: Description, reasons: Collection[str]) -> dict[str, Any]:
    """The parts of a description that are new: a phone where there was none, and another name as an alias."""
    found: dict[str, Any] = {}
    if not known.phone and is_phone(said.phone):
        found["phone"] = said.phone
    name, whole = f"{said.given_name} {said.family_name}", len(fold(said.given_name)) > 1 and len(fold(said.family_name)) > 1
    names = {fold(known.given_name + known.family_name), fold(known.family_name + known.given_name), *map(fold, known.aliases)}
    if whole and SAME_GIVEN & set(reasons) and fold(name) not in names and len(known.aliases) < MOST_ALIASES:
        found["aliases"] = (*known.aliases, name)
    return found


@transaction.atomic
def learn(found: Found, said: Description, *, by: Actor) -> list[str]:
    """Add what is new to the record that was recognized, and lay its tokens; gives which parts.

    Nothing where nobody can tell which record was meant, nor on a record that is closed to everybody.
    """
    news = news_of(found.known, said, found.verdict.reasons) if found.alone and found.person.sealed_at is None else {}
    if found.record != found.person.id:
        news.pop("phone", None)  # the living record keeps how they are reached
    if news:
        kept = Person.objects.select_related("home_town").get(id=found.record)
        keep_identity(kept, replace(found.known, **news), by=by)
    return sorted(news)


@transaction.atomic
def keep_and_ask(person: Person, description: Description, found: Sequence[Found], *, by: Actor) -> int:
    """Keep who a newcomer is, and ask about the nearest they may be; gives how many are asked about.

    Nobody is asked about a record that is closed to everybody: whoever answers may not know that it is there.
    """
    keep_identity(person, description, by=by)
    alike = [one for one in found if one.verdict.answer != "new" and one.person.sealed_at is None][:MOST_MATCHES]
    ask = propose_match if is_in_a_match(person) else ask_about  # of a newcomer nothing was decided that has to be looked up
    asked = [ask(person.id, one.person.id, one.verdict.reasons, by=by) for one in alike]
    matches = sum(match is not None for match in asked)
    record("recognized", kind="person", target=person.id, by=by, compared=len(found), asked=matches)
    return matches
