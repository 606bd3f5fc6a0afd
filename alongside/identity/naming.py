"""Who somebody is, kept and parted when two people were taken for one. Opened inside this room alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.identity.description import Description
from alongside.identity.keeping import correct_identity
from alongside.identity.models import Identity
from alongside.identity.reaching import contact_text, part_contact
from alongside.identity.recalling import NAMES, Plain, described, opened
from alongside.identity.sides import Link, Sides
from alongside.identity.unsealing import unseal
from alongside.people.models import Person


def before_a_join(person: Person) -> dict[str, str]:
    """Who a person is by their own record and how they are reached, each as one text to be sealed; empty when not kept."""
    kept = _names_of(person.id)
    text = json.dumps(kept[0], ensure_ascii=False) if kept else ""
    return {"contact_before": contact_text(person), "identity_before": text}


def corrected_since(link: Link) -> list[str]:
    """Which parts of who somebody is were written anew while two records were one."""
    before, after = _before_and_after(link)
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]


def _before_and_after(link: Link) -> tuple[Description, Description]:
    after, kept = _names_of(link.to), link.merge.identity_before
    if not after or kept is None:  # nothing was kept then: nobody can tell any more
        return Description(), Description()
    before = json.loads(next(iter(unseal([kept]))) or "{}")
    return described([before], []), described(after, [])


@transaction.atomic
def part_words(link: Link, sides: Sides, answers: Mapping[UUID, str], *, by: Actor) -> None:
    """What was written about reaching somebody, and who they are, while two were one goes to the side it was written for."""
    if link.merge.id in answers:
        part_contact(link, sides, answers[link.merge.id], by=by)
    if link.to in answers:
        _part_identity(link, sides, answers[link.to], by)


def _part_identity(link: Link, sides: Sides, answer: str, by: Actor) -> None:
    names = corrected_since(link)
    if not names or sides.of(link.to) == answer:
        return
    (before, after), own = _before_and_after(link), sides.named(answer)
    corrected: dict[str, Any] = {name: getattr(after, name) for name in names}
    if "aliases" in names:  # the other one's names do not go along
        corrected["aliases"] = (*_aliases_of(own), *(name for name in after.aliases if name not in before.aliases))
    correct_identity(own, by=by, **corrected)
    older = Person.objects.get(id=link.to)
    correct_identity(older, by=by, **{name: getattr(before, name) for name in NAMES})


def _aliases_of(person: Person) -> tuple[str, ...]:
    return described(_names_of(person.id), []).aliases


def _names_of(record: UUID) -> list[Plain]:
    """Who somebody is by their own record, opened; nothing where none is kept."""
    return [plain for _, plain in opened([record], (Identity, NAMES))[0]]
