"""How to reach somebody, kept and parted when two people were taken for one. Opened inside this room alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alongside.common.actor import Actor
from alongside.identity.keyring import index_key
from alongside.identity.laying import lay_from_sealed
from alongside.identity.models import Contact, Merge, NearToken
from alongside.identity.sides import Link, Sides
from alongside.identity.tokens import near_tokens
from alongside.identity.unsealing import unseal
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.people.models import Person

WORDS = ("ask_for", "meeting_place", "phone", "never_mention")
REST = ("language", "safe_to_text", "place_safety", "place_safety_at", "kept_at")


def contact_text(person: Person) -> str:
    """How a person is reached now, as one text to be sealed; empty when nothing is kept."""
    contact = Contact.objects.filter(person=person).first()
    return json.dumps(_plain_contact(contact)) if contact else ""


def changed_since(link: Link) -> tuple[Contact, list[str]] | None:
    """The contact that was written while two records were one, and which parts differ; None when nothing was."""
    contact = Contact.objects.filter(person_id=link.to, kept_at__gt=link.merge.made_at).first()
    if contact is None:
        return None
    before, after = _before(link.merge), _plain_contact(contact)
    names = [name for name in (*WORDS, *REST[:3]) if after[name] != before.get(name, _EMPTY[name])]
    return (contact, names) if names else None


@transaction.atomic
def part_contact(link: Link, sides: Sides, answer: str, *, by: Actor) -> None:
    """What was written about reaching somebody while two were one goes to the side it was written for.

    What it overwrote comes back on the other side; nothing of one goes along to the other.
    """
    found, to = changed_since(link), sides.named(answer)
    if found is None or sides.of(link.to) == answer:
        return
    contact, names = found
    after, before = _plain_contact(contact), _before(link.merge)
    target = Contact.objects.filter(person=to).first()
    theirs = _plain_contact(target) if target else {"kept_at": after["kept_at"]}
    _keep(to, theirs | {name: after[name] for name in names} | {"kept_at": after["kept_at"]}, by)
    if before:
        _keep(Person.objects.get(id=link.to), before, by)
    else:
        contact.delete()
        NearToken.objects.filter(person_id=link.to, kind__in=("phone", "place")).delete()
        lay_from_sealed(link.to, link.merge.program_id)
        record("sealed", kind="person", target=link.to, by=by, classes=["contact"], taken_away=True)


_EMPTY: dict[str, Any] = dict.fromkeys(WORDS, "") | {"language": "en", "safe_to_text": False, "place_safety": []}


def _before(merge: Merge) -> dict[str, Any]:
    text = next(iter(unseal([merge.contact_before])), None) if merge.contact_before is not None else None
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _plain_contact(contact: Contact) -> dict[str, Any]:
    """A contact as plain values, for work inside this room alone."""
    there = {name: getattr(contact, name) for name in WORDS if getattr(contact, name) is not None}
    words = dict(zip(there, unseal(list(there.values())), strict=True))
    rest = {name: getattr(contact, name) for name in REST}
    days = {name: day.isoformat() for name, day in rest.items() if isinstance(day, datetime)}
    return {name: words.get(name) or "" for name in WORDS} | rest | days


def _keep(person: Person, plain: Mapping[str, Any], by: Actor) -> None:
    contact = Contact.objects.filter(person=person).first() or Contact(person=person)
    seal(contact, person.program_id, **{name: plain.get(name, "") for name in WORDS})
    for name in REST:
        value = plain.get(name, _EMPTY.get(name))
        setattr(contact, name, datetime.fromisoformat(value) if name.endswith("_at") and value else value)
    contact.save()
    fresh = near_tokens(index_key(), phone=plain.get("phone", ""), place=plain.get("meeting_place", ""))
    NearToken.objects.filter(person=person, kind__in=("phone", "place")).delete()
    NearToken.objects.bulk_create(NearToken(person=person, kind=kind, token=token) for kind, token in sorted(fresh))
    lay_from_sealed(person.id, person.program_id)
    record("sealed", kind="person", target=person.id, by=by, classes=["contact"])
