"""Asking the other programs of this installation whether one of them knows somebody; each answers for itself.

What passes from one side to the other is a set of keyed tokens, and back comes yes or nothing. The asked side looks at its
own rows while this connection acts for it, and for it alone: no wall between two programs is opened (ADR 34).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.elsewhere.actions import note_question
from alongside.elsewhere.models import Pact, PactToken
from alongside.elsewhere.queries import DAY, asked_by, asked_under, families_of, standing_pacts, standings_of
from alongside.elsewhere.rules import is_same, may_answer, may_ask_again, may_ask_others, may_be_asked_again
from alongside.identity.description import Description
from alongside.identity.elsewhere import Tokens, pact_key, whole_compounds, whole_tokens
from alongside.identity.queries import maybe_same
from alongside.identity.rules import may_ask
from alongside.journal.actions import hold_the_chain, record
from alongside.people.models import Person


def may_ask_elsewhere(viewer: Actor) -> bool:
    """Whether asking makes sense for the viewer: a role that may search, never police, and a pact that stands."""
    return _may(viewer) and bool(standing_pacts(viewer))


def _may(viewer: Actor) -> bool:
    return may(viewer.role, "find_person") and not viewer.is_police and viewer.user_id is not None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one question: the desks to ask; how many programs were asked, and which were not, each with why."""

    desks: list[str] = field(default_factory=list)
    asked: int = 0
    unasked: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def known_elsewhere(asked: Description, purpose: str, *, by: Actor) -> Heard:
    """The desks to ask, of programs that know this person, in the order of their names; none says nothing about anybody.

    It takes a purpose of the list and two identifiers, the whole name and the whole date of birth or phone. Whoever may
    not ask is told nothing. Asked and answered in the journal of both sides; raises `Refused` when the viewer asked too
    often. A program that ours asked too often is left out, and the others are asked.
    """
    may_ask(asked, purpose).require()
    may_ask_others(len(list(whole_compounds(asked)))).require()
    if not _may(by):
        whole_tokens(asked, os.urandom(32))
        record("lookup_denied", kind="search", target=str(by.user_id), by=by, purpose=purpose, found=0, people=[],
               elsewhere=True)  # fmt: skip
        return Heard()
    hold_the_chain()  # what was ended before this line is not answered after it
    may_ask_again(asked_by(by, now() - DAY)).require()
    knowing, left_out = list[Pact](), dict[Pact, str]()
    pacts = standing_pacts(by)
    for pact in pacts:
        try:
            if _asks(pact, asked):
                knowing.append(pact)
        except Refused as refused:
            left_out[pact] = refused.reason
    put = [pact for pact in pacts if pact not in left_out]
    record("elsewhere_asked", kind="search", target=str(by.user_id), by=by, purpose=purpose, known=len(knowing),
           pairs=[str(pact.pair) for pact in put], left_out=[str(pact.pair) for pact in left_out])  # fmt: skip
    desks = list(dict.fromkeys(pact.other_desk for pact in knowing))
    return Heard(desks, len(put), {pact.other_name: reason for pact, reason in left_out.items()})


def _asks(ours: Pact, asked: Description) -> bool:
    """Put one question to the other side of a pact; a program under Part 2 does not say whom it asks about.

    Raises `Refused`, before anything is written, when it was asked too often.
    """
    if ours.secret is None:
        return False
    tokens = whole_tokens(asked, pact_key(ours.pair, bytes(ours.secret)))
    with acting(ours.other):
        return _answers(ours.pair, tokens, quietly=ours.is_guarded, by=Actor.system(ours.other))


# --- the asked side, acting for itself -----------------------------------------------------------------------------------


def _answers(pair: UUID, tokens: Tokens, *, quietly: bool, by: Actor) -> bool:
    """Whether the asked program knows somebody of whom that may be said; it stands in its journal and on its list."""
    copy = next((pact for pact in standing_pacts(by) if pact.pair == pair), None)
    if copy is None:
        return False
    may_be_asked_again(len(asked_under(by, copy, now() - DAY))).require()
    people = _who_may_be_said(copy, tokens, by)
    record("elsewhere_answered", kind="pact", target=copy.id, by=by, known=len(people))
    for person in people:  # the person's own accounting is read from these lines (45 CFR 164.528, 42 CFR 2.25)
        record("elsewhere_told", kind="person", target=person.id, by=by, pair=str(pair), to=copy.other_name)
        if not quietly:
            note_question(copy, person, by=by)
    return bool(people)


def _who_may_be_said(copy: Pact, tokens: Tokens, by: Actor) -> list[Person]:
    wanted = [token for _, token in tokens]
    rows = PactToken.objects.filter(pact=copy, token__in=wanted).values_list("person_id", flat=True)
    families = families_of(by, set(rows))
    # As everything is in this moment, whatever tokens the worker has not yet taken away.
    standings = standings_of(by, families, copy)
    said = [
        living
        for living, records in families.items()
        if may_answer(standings[living], guarded=copy.is_guarded) and is_same(tokens, _known(copy, records))
        and not _may_have_asked_for_silence(copy, records, by)
    ]  # fmt: skip
    return list(Person.objects.filter(id__in=said).order_by("id"))


def _may_have_asked_for_silence(copy: Pact, records: list[UUID], by: Actor) -> bool:
    """Whether nothing may be said of somebody who, as long as a match is open, may be this person."""
    others = families_of(by, maybe_same(by, records))
    return not all(may_answer(one, guarded=False) for one in standings_of(by, others, copy).values())


def _known(copy: Pact, records: list[UUID]) -> list[tuple[str, str]]:
    return list(PactToken.objects.filter(pact=copy, person_id__in=records).values_list("kind", "token"))
