"""Forgetting somebody in every room at once, and what survives it: a token that keeps them from being kept again.

It walks the sealed fields of all tables, so that a field added tomorrow is forgotten tomorrow (NIST SP 800-88: the data
keys are destroyed; the ciphertext is emptied as well, so that nothing is left that a stolen key could open).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.description import Description
from alongside.identity.fields import SealedField
from alongside.identity.keyring import drop_keys, forget, index_key
from alongside.identity.models import Contact, Forgotten, Identity, Match, Suppression
from alongside.identity.recalling import NAMES, described, opened
from alongside.identity.tokens import suppression_tokens
from alongside.people.models import Person

Model = type[models.Model]
Line = tuple[str, ...]


def sealed_fields() -> Iterator[tuple[Model, list[SealedField]]]:
    """Every table with sealed fields, of every room."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
        if fields:
            yield model, fields


def rows_about(model: Model, fields: Sequence[SealedField], records: Sequence[UUID]) -> QuerySet[Any]:
    """The rows of a table with sealed fields that are about a person: held by one of their records, or pointing at one."""
    ways = {"pk"} if any(field.holder == "id" for field in fields) else set[str]()
    ways |= {field.holder for field in fields if field.holder != "id"}
    ways |= {field.attname for field in model._meta.concrete_fields if field.related_model is Person}
    if not ways:
        return model._default_manager.none()
    return model._default_manager.filter(reduce(or_, (Q(**{f"{way}__in": records}) for way in sorted(ways))))


@transaction.atomic
def forget_everything(records: Sequence[UUID], *, by: Actor) -> int:
    """Destroy every key and empty every sealed value of a person's records, in all rooms. Gives the number of keys.

    The rows stay, so that no count changes. The list beside the keys is written when the transaction holds.
    """
    may_write_list()
    holders = set(records)
    for model, fields in sealed_fields():
        rows = rows_about(model, fields, records)
        if any(field.holder == "id" for field in fields):  # a row of theirs that holds its own key
            holders.update(rows.values_list("pk", flat=True))
        rows.update(**{field.attname: None for field in fields})
    Contact.objects.filter(person_id__in=records).update(
        language="en", place_safety=[], place_safety_at=None, safe_to_text=False
    )  # fmt: skip
    Match.objects.filter(Q(newer_id__in=records) | Q(older_id__in=records)).delete()
    keys = sum(forget(holder, by=by) for holder in sorted(holders))
    lines = [("forgotten", str(holder)) for holder in sorted(holders)]
    transaction.on_commit(lambda: _told(lines))
    return keys


@transaction.atomic
def shred_rows(rows: QuerySet[Any], fields: Iterable[str], *, by: Actor) -> int:
    """Empty sealed fields of rows that hold their own keys, and destroy those keys. Gives the number of rows."""
    found = list(rows.values_list("pk", flat=True))
    drop_keys(rows.model._default_manager.filter(pk__in=found).values("pk"))
    count: int = rows.model._default_manager.filter(pk__in=found).update(**dict.fromkeys(fields))
    return count


@transaction.atomic
def suppress(records: Sequence[UUID], program_id: UUID, *, by: Actor) -> int:
    """Before forgetting: lay the tokens by which this person is not kept again. Gives the number of tokens.

    The plain values are read inside this room, for the tokens alone, and go nowhere.
    """
    tokens = {
        item for who in descriptions_of(records) for item in suppression_tokens(who, index_key()).items()
    }  # fmt: skip
    rows = [Suppression(program_id=program_id, kind=kind, token=token, made_at=now()) for kind, token in tokens]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    lines = [("suppressed", str(program_id), kind, token) for kind, token in sorted(tokens)]
    transaction.on_commit(lambda: _told(lines))
    return len(rows)


def _told(lines: Sequence[Line]) -> None:
    write_list(lines)


def descriptions_of(records: Sequence[UUID]) -> Iterator[Description]:
    """Every pairing of a name and a phone that stands in the records: the phone may lie with a merged one.

    Plain values, for work inside this room alone: no other may import this.
    """
    identities, reached = opened(records, (Identity, NAMES), (Contact, ("ask_for", "phone")))
    names = [described([plain], []) for _, plain in identities]
    contacts = [(plain["ask_for"], plain["phone"]) for _, plain in reached]
    phones = [phone for _, phone in contacts] or [""]
    for who in [*names, *(Description(ask_for) for ask_for, _ in contacts)]:
        for phone in phones:
            yield replace(who, phone=phone)


def is_suppressed(description: Description, program_id: UUID) -> bool:
    """Whether somebody of this description asked for no contact and was forgotten. For the program alone, never a screen."""
    tokens = suppression_tokens(description, index_key())
    if not tokens:
        return False
    wanted = reduce(or_, (Q(kind=kind, token=token) for kind, token in tokens.items()))
    return Suppression.objects.filter(wanted, program_id=program_id).exists()


# --- the list beside the keys -----------------------------------------------------------------------------------------
# It holds ids and keyed tokens, one line each, and only grows. The database and the list are compared: whatever the list
# lacks is brought over by the next run, so a power cut between the two loses nothing.


def may_write_list() -> None:
    """Refuse to forget anything while the list cannot be written: a backup would bring it back."""
    try:
        settings.FORGOTTEN_LIST.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(settings.FORGOTTEN_LIST, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        raise Refused("The list of what was forgotten cannot be written, so nothing was forgotten. "
                      "Ask the administrator to look at the key folder.") from None  # fmt: skip


def listed() -> set[Line]:
    """What the list holds: ("forgotten", id) and ("suppressed", program, kind, token)."""
    try:
        text = settings.FORGOTTEN_LIST.read_text()
    except FileNotFoundError:
        return set()
    # The last line may have been cut by a power failure; it is still in the database and is written again.
    whole = text[: text.rfind("\n") + 1].splitlines()
    return {tuple(line.split()[:-1]) for line in whole}


def in_database() -> set[Line]:
    """The same lines as the database knows them."""
    gone = {("forgotten", str(holder)) for holder in Forgotten.objects.values_list("holder", flat=True)}
    rows = Suppression.objects.values_list("program_id", "kind", "token")
    return gone | {("suppressed", str(program), kind, token) for program, kind, token in rows}


def write_list(fresh: Iterable[Line] | None = None) -> int:
    """Append lines to the list, or, without any named, all that the database has and it lacks. Gives the number."""
    found = sorted(in_database() - listed()) if fresh is None else list(fresh)
    if found:
        moment = now().isoformat(timespec="seconds")
        flags = os.O_APPEND | os.O_CREAT | os.O_RDWR
        with os.fdopen(os.open(settings.FORGOTTEN_LIST, flags, 0o600), "r+b") as file:
            cut = file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
            text = "".join(" ".join((*line, moment)) + "\n" for line in found)
            file.write(("\n" + text if cut else text).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(found)


def missing_here() -> set[Line]:
    """What the list has and this database lacks: the database is older than the list, and must not serve yet."""
    programs = {str(program) for program in Program.objects.values_list("id", flat=True)}
    return {line for line in listed() - in_database() if line[0] == "forgotten" or line[1] in programs}


def holders_of(found: set[Line]) -> list[UUID]:
    """The ids among some lines."""
    return sorted(UUID(line[1]) for line in found if line[0] == "forgotten")


def lay_suppressions(found: set[Line], moment: datetime) -> int:
    """Lay the tokens among some lines again. Gives the number."""
    rows = [
        Suppression(program_id=UUID(line[1]), kind=line[2], token=line[3], made_at=moment)
        for line in found
        if line[0] == "suppressed"
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
