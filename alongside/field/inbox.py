"""What a phone sent faster than it can be filed: kept whole the moment it comes, filed in its order within minutes."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from functools import cache
from time import monotonic
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.ids import new_id
from alongside.common.keyfolder import read_key
from alongside.common.walls import acting
from alongside.field.actions import receive
from alongside.field.answers import Answer, answer_of, as_id, known_to
from alongside.field.models import Inbox, Phone
from alongside.field.phones import end_if_over
from alongside.identity.envelope import Unreadable, open_bytes, seal_bytes
from alongside.journal.actions import hold_the_chain, record

# So many changes share a transaction: whoever else writes is not kept waiting for a whole shift's work.
A_HANDFUL = 20
SECONDS_OF_A_SYNC = 0.4  # whoever stands at a door waits for it
SECONDS_OF_A_DUTY = 20.0
TAKEN = "taken"
log = logging.getLogger(__name__)


@cache
def _key() -> bytes:
    """Apart from every key of the vault: nobody opens this but whoever files it, and it is gone within minutes."""
    return HKDF(SHA256(), 32, None, b"alongside field inbox 1").derive(read_key(settings.KEY_FOLDER, "field"))


def take_in(changes: Sequence[Any], phone: Phone, sent_at_ms: Any, *, by: Actor) -> list[Answer]:
    """File what can be filed in about half a second, in the order of the phone; what is left is kept whole and filed later.

    What was kept earlier goes first. A change sent again is answered as it was; what has no id cannot be answered about.
    """
    until = monotonic() + SECONDS_OF_A_SYNC
    filed, behind = _drain(phone, until, by)
    changes = sorted(changes, key=_place)
    answers, start = list[Answer](), 0
    while not behind and start < len(changes) and (start == 0 or monotonic() < until):
        with acting(by.program_id):
            answers += receive(changes[start : start + A_HANDFUL], phone, sent_at_ms, by=by)
        start += A_HANDFUL
    if rest := changes[start:]:
        with acting(by.program_id):
            answers += keep_whole(rest, phone, sent_at_ms, by=by)
    given = {answer.id for answer in answers}
    return answers + [answer for answer in filed if answer.id not in given]


def _place(change: Any) -> int:
    """Where a change stands among those of its phone."""
    seq = change.get("seq") if isinstance(change, dict) else None
    return seq if type(seq) is int else 0


@transaction.atomic
def keep_whole(changes: Sequence[Any], phone: Phone, sent_at_ms: Any, *, by: Actor) -> list[Answer]:
    """Keep changes as they came, sealed and unread; each is answered as taken, and is safe from then on.

    What was filed before and comes once more is answered as it was.
    """
    sent = (change.get("id") for change in changes if isinstance(change, dict))
    ids = {one: str(said) for said in sent if (one := as_id(said)) is not None}
    known = known_to(list(ids), phone)
    changes = [change for change in changes if not isinstance(change, dict) or as_id(change.get("id")) not in known]
    told = [answer_of(one, row) for one, row in known.items()]
    if not changes:
        return told
    row = Inbox(id=new_id(), phone=phone, received_at=clock())
    words = json.dumps({"now": sent_at_ms, "changes": list(changes)}).encode()
    row.body = seal_bytes(_key(), zlib.compress(words, 1), _where(row))
    row.save(force_insert=True)
    record("changes_taken", kind="phone", target=phone.id, by=by, changes=len(changes))
    return told + [Answer(said, TAKEN) for one, said in ids.items() if one not in known]


def file_waiting(*, by: Actor) -> int:
    """File what waits in the program, each as whoever sent it and with the rights they have now; gives how many phones."""
    until, count = monotonic() + SECONDS_OF_A_DUTY, 0
    with acting(by.program_id):
        ours = Inbox.objects.filter(phone__user__agency__program_id=by.program_id, unreadable_at=None)
        waiting = ours.values("phone_id")
        phones = [(phone, phone.user.actor()) for phone in Phone.objects.select_related("user").filter(id__in=waiting)]
    for phone, sender in phones:
        try:
            _drain(phone, until, sender)
            count += 1
        except Exception:  # what is wrong with one phone's work keeps nobody else's waiting
            log.exception("what a phone sent could not be filed")
    return count


def _drain(phone: Phone, until: float, by: Actor) -> tuple[list[Answer], bool]:
    """The answers to what was filed of what waits of a phone, and whether something still waits."""
    answers: list[Answer] = []
    with acting(by.program_id):
        rows = list(Inbox.objects.filter(phone=phone, unreadable_at=None).order_by("received_at", "id"))
    for row in rows:
        inside = _opened(row, by)
        while inside is not None and (found := _file(row, inside, by)) is not None:
            answers += found
            if monotonic() >= until:
                return answers, True
    return answers, False


def _opened(row: Inbox, by: Actor) -> dict[str, Any] | None:
    """What lies in a row; one that does not open (another key file, a broken disk) is set apart, once, and kept."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(open_bytes(_key(), bytes(row.body), _where(row))))
    except (Unreadable, zlib.error, ValueError):
        log.error("what a phone sent does not open: is the key file “field” the one it was sealed with? It is kept.")
        with acting(by.program_id), transaction.atomic():
            Inbox.objects.filter(id=row.id).update(unreadable_at=clock())
            record("changes_unreadable", kind="phone", target=row.phone_id, by=by)
        return None
    return found


def _file(row: Inbox, inside: dict[str, Any], by: Actor) -> list[Answer] | None:
    """File the next handful of what was kept whole; None when there is none left, and then nothing of it is kept here."""
    with acting(by.program_id), transaction.atomic():
        hold_the_chain()  # a phone and the duty at once: the second goes on where the first was
        kept = Inbox.objects.filter(id=row.id).first()
        if kept is None:
            return None
        part = inside["changes"][kept.filed : kept.filed + A_HANDFUL]
        if not part:
            kept.delete()
            return None
        over = end_if_over(row.phone, by=by)
        answers = receive(part, row.phone, inside["now"], by=by, apply=not over, moment=row.received_at)
        Inbox.objects.filter(id=row.id).update(filed=kept.filed + len(part))
        return answers


def _where(row: Inbox) -> str:
    return f"field_inbox|body|{row.id}"
