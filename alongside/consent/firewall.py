"""The only door to a plain value: it asks the rules, writes the journal, and only then opens.

If the journal cannot be written, the transaction fails and nothing is opened.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Decision, Refused
from alongside.consent.models import Consent, Restriction, Tie
from alongside.consent.rules import CLASSES, OPENED_APART, decide
from alongside.identity.fields import Sealed
from alongside.identity.models import DataKey
from alongside.identity.queries import may_be
from alongside.identity.unsealing import unseal
from alongside.journal.actions import hold_the_chain, record
from alongside.people.models import Person

Opened = str | Refused
NOBODY = UUID(int=0)
FORGOTTEN = "This was forgotten at the person's request."


@transaction.atomic
def open(viewer: Actor, purpose: str, *sealed: Sealed | None, now: datetime | None = None) -> list[Opened]:  # noqa: A001  # the firewall's one verb
    """Plain values in order, or for each value a `Refused` with its reason; an empty field gives an empty string.

    A fixed number of queries, however many values. What was opened and what was denied are two journal entries.
    """
    moment = now or clock()
    asked = [value for value in sealed if value is not None]
    if asked:  # what is taken back in this moment stands before our line in the journal or after it, never beside it
        hold_the_chain()
    answers = _decide_all(viewer, purpose, asked, moment)
    allowed = [value for value in asked if answers[value.holder, value.privacy_class]]
    for verb, wanted in (("opened", True), ("denied", False)):
        names = sorted({(str(h), c) for (h, c), answer in answers.items() if bool(answer) is wanted})
        if names:
            record(verb, kind="sealed", target=names[0][0] if len({h for h, _ in names}) == 1 else "several", by=viewer,
                   now=moment, purpose=purpose, holders=sorted({h for h, _ in names}),
                   classes=sorted({c for _, c in names}))  # fmt: skip
    plain = iter(unseal(allowed)) if allowed else iter(())
    return [_answer(value, answers, plain) for value in sealed]


def _answer(value: Sealed | None, answers: dict[tuple[UUID, str], Decision], plain: object) -> Opened:
    if value is None:
        return ""
    answer = answers[value.holder, value.privacy_class]
    if not answer:
        return Refused(answer.reason)
    text = next(plain)  # type: ignore[call-overload]  # the iterator of `open`, one value per allowed one
    return Refused(FORGOTTEN) if text is None else str(text)


def _decide_all(
    viewer: Actor, purpose: str, asked: list[Sealed], moment: datetime
) -> dict[tuple[UUID, str], Decision]:
    holders = {value.holder for value in asked}
    relations = _relations(viewer, purpose, holders, moment)
    restricted = _restricted(viewer, holders) | _sealed_away(purpose, holders)
    consents = _consents(viewer, holders, moment)
    return {
        (holder, privacy_class): decide(
            role=viewer.role,
            agency_class=viewer.agency_class,
            purpose=purpose,
            privacy_class=privacy_class,
            consent=consents.get((holder, privacy_class), "none"),
            relation="restricted" if privacy_class in restricted.get(holder, ()) else relations.get(holder, "none"),
        )
        for holder, privacy_class in {(value.holder, value.privacy_class) for value in asked}
    }


def _relations(viewer: Actor, purpose: str, holders: Collection[UUID], moment: datetime) -> dict[UUID, str]:
    if purpose in OPENED_APART:
        apart = Tie.objects.filter(person_id__in=holders, person__program_id=viewer.program_id, opens=purpose)
        apart = apart.filter(user_id=viewer.user_id or NOBODY, closed_at=None, expires_at__gt=moment)
        return dict.fromkeys(apart.values_list("person_id", flat=True), "opened")
    keys = DataKey.objects.filter(holder__in=holders, class_key__program_id=viewer.program_id)
    found = dict.fromkeys(keys.values_list("holder", flat=True), "program")
    # By the person's program, not by the keys: who worked with somebody who was since forgotten reads why.
    ties = Tie.objects.filter(person_id__in=holders, person__program_id=viewer.program_id, opens="work")
    if viewer.role == "partner":
        ties, relation = ties.filter(agency_id=viewer.agency_id or NOBODY), "referred"
    else:
        ties, relation = ties.filter(user_id=viewer.user_id or NOBODY), "own"
    if viewer.is_police:  # a wish for no police holds here too, whatever was assigned, and for whoever may have said it
        ties = ties.filter(person__no_police=False, person__out_of_reach=False)
        ties = ties.exclude(person_id__in=may_be(viewer, no_police=True))
    for person, closed, expires in ties.values_list("person_id", "closed_at", "expires_at"):
        if closed is None and expires > moment:
            found[person] = relation
        elif found.get(person, "program") == "program":
            found[person] = "past"
    return found


def _restricted(viewer: Actor, holders: Collection[UUID]) -> dict[UUID, set[str]]:
    """The classes kept from this viewer, for each holder; a restriction of one record holds for all of that person."""
    mine = Q(user_id=viewer.user_id or NOBODY) | Q(agency_id=viewer.agency_id or NOBODY)
    rows = Restriction.objects.filter(mine, person__program_id=viewer.program_id, ended_at=None)
    kept = list(rows.values_list("person_id", "classes"))
    if not kept:
        return {}
    family = _roots({*holders, *(person for person, _ in kept)})
    found: dict[UUID, set[str]] = {}
    for person, classes in kept:
        for holder in holders:
            if family.get(holder, holder) == family.get(person, person):
                found.setdefault(holder, set()).update(classes)
    return found


def _sealed_away(purpose: str, holders: Collection[UUID]) -> dict[UUID, set[str]]:
    """Records that a law or a hold forbids to destroy: closed to everybody, but for a release that a court ordered."""
    if purpose == "legal_release":
        return {}
    rows = Person.objects.filter(id__in=holders, sealed_at__isnull=False)
    return {person: set(CLASSES) for person in rows.values_list("id", flat=True)}


def _roots(people: Collection[UUID]) -> dict[UUID, UUID]:
    """The record that each record was joined to in the end."""
    into = {person: person for person in people}
    edge = dict(Person.objects.filter(id__in=people, merged_into__isnull=False).values_list("id", "merged_into_id"))
    while edge:
        into = {person: edge.get(root, root) for person, root in into.items()}
        rows = Person.objects.filter(id__in=edge.values(), merged_into__isnull=False)
        edge = dict(rows.values_list("id", "merged_into_id"))
    return into


def _consents(viewer: Actor, holders: Collection[UUID], moment: datetime) -> dict[tuple[UUID, str], str]:
    found: dict[tuple[UUID, str], str] = {}
    for consent in Consent.objects.naming(viewer.agency_id, viewer.agency_class).filter(person_id__in=holders):
        holds = (consent.revoked_at is None or consent.revoked_at > moment) and consent.expires_at > moment
        for category in consent.categories:
            name = (consent.person_id, category)
            found[name] = "active" if holds or found.get(name) == "active" else "ended"
    return found
