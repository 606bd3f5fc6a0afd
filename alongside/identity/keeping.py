"""Keeping who a person is and how they are reached: sealed, and found again by tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Model

from alongside.accounts.models import User
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.description import Description
from alongside.identity.laying import lay_near_tokens, lay_own_near_tokens, lay_tokens
from alongside.identity.models import Contact, Forgotten, Identity
from alongside.identity.recalling import aliases_text, recall
from alongside.identity.rules import is_phone, may_keep_safety
from alongside.identity.vault import seal, seal_many
from alongside.journal.actions import record
from alongside.people.models import Person


@transaction.atomic
def keep_identity(person: Person, description: Description, *, by: Actor) -> None:
    """Seal a description as the person's identity, and lay its tokens; what was there before is replaced.

    A phone that is named is kept as a way to reach them, where none is kept yet: recognition knows no other.
    """
    identity = Identity.objects.filter(person=person).first() or Identity(person=person)
    born = description.birth_date.isoformat() if description.birth_date else ""
    work: list[tuple[Model, dict[str, str | None]]] = [(identity, {
        "given_name": description.given_name, "family_name": description.family_name, "birth_date": born,
        "middle_name": description.middle_name, "suffix": description.suffix,
        "aliases": aliases_text(description.aliases), "born": description.born,
    })]  # fmt: skip
    if is_phone(description.phone):
        contact = Contact.objects.filter(person=person).first() or Contact(person=person)
        if contact.phone is None:
            work.append((contact, {"phone": description.phone}))
            _date(contact)
    seal_many(work, person.program_id)
    for row, _plain in work:
        row.save()
    if not description.town and person.home_town is not None:
        description = replace(description, town=person.home_town.name)
    lay_tokens({person.id: description}, person.program_id)
    lay_near_tokens(person, family_name=description.family_name, phone=description.phone)
    record("sealed", kind="person", target=person.id, by=by, classes=["identity", "contact"][: len(work)])


@transaction.atomic
def correct_identity(person: Person, *, by: Actor, **parts: Any) -> None:
    """Replace parts of a description (`given_name`, `aliases`, `birth_date` and so on) and lay the tokens of the whole anew.

    The rest is what the record itself says: nothing comes along from a record that was joined to it.
    """
    known = recall([person.id]).get(person.id, Description())
    keep_identity(person, replace(known, **parts), by=by)


@transaction.atomic
def keep_own_details(user: User, phone: str, place: str, *, by: Actor) -> None:
    """Keep keyed numbers of a user's own phone and address, never the words: whom they look up is compared with them.

    An empty value takes the earlier one away. Everybody may set their own; for others it takes `manage_users`.
    """
    if by.user_id != user.id and not may(by.role, "manage_users"):
        raise Refused("Everybody names their own phone and address.")
    kinds = lay_own_near_tokens(user, phone=phone, place=place)
    record("user_changed", kind="user", target=user.id, by=by, near=kinds)


@transaction.atomic
def keep_contact(person: Person, *, by: Actor, place_safety: Iterable[str] | None = None, language: str = "",
                 only_missing: bool = False, **plain: str) -> None:  # fmt: skip
    """Seal the least a visit needs (`ask_for`, `meeting_place`, `phone`, `never_mention`); values not named stay as they are.

    With `only_missing` a value that is there is not replaced. About the place only words of the list are kept, from now on
    for ninety days; an empty list drops them.
    """
    contact = Contact.objects.filter(person=person).first() or Contact(person=person)
    known = recall([person.id]).get(person.id) if "phone" in plain else None
    plain = {name: text for name, text in plain.items() if not only_missing or getattr(contact, name) is None}
    seal(contact, person.program_id, **plain)
    contact.language = language or contact.language
    if place_safety is not None:
        _say_about_the_place(contact, list(place_safety))
    _date(contact)
    contact.save()
    lay_near_tokens(person, phone=plain.get("phone", ""), place=plain.get("meeting_place", ""))
    if known is not None and "phone" in plain and plain["phone"] != known.phone:
        lay_tokens({person.id: replace(known, phone=plain["phone"])}, person.program_id)
    record("sealed", kind="person", target=person.id, by=by, classes=["contact"])


def _date(contact: Contact) -> None:
    """From now on; what was said about the place before its day was kept is no newer than the last time anything was."""
    if contact.place_safety:
        contact.place_safety_at = contact.place_safety_at or contact.kept_at
    contact.kept_at = now()


def _say_about_the_place(contact: Contact, codes: list[str]) -> None:
    may_keep_safety(codes).require()
    if codes and Forgotten.objects.filter(holder=contact.person_id).exists():
        raise Refused("This person asked to be forgotten; nothing more can be kept about them.")
    contact.place_safety, contact.place_safety_at = codes, now() if codes else None
