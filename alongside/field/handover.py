"""Work that a phone closed for us, handed in without it: by the phone itself after it was erased, or as a file by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.field import envelopes, phones
from alongside.field.actions import receive
from alongside.field.answers import Answer
from alongside.field.rules import MOST_BYTES

NOT_A_FILE = "That is no file for hand-over. It is called hand-over.json, and the app saves it."


def hand_in(envelope: Any, *, brought_by: Actor | None = None) -> Answer | None:
    """What became of one envelope; None when it is not ours, or its phone was never known.

    A phone that a restored backup does not know is taken on when a coordinator brings its work: then it waits for them.
    """
    inside = envelopes.opened(envelope) or {}
    key = phones.read_key(str(inside.get("phone")), str(inside.get("token")))
    if key is None or (brought_by is not None and key.program != brought_by.program_id):
        return None
    with acting(key.program):
        phone = phones.holder_of(key)
        if phone is None and brought_by is not None:
            phone = phones.take_on(key.phone, by=brought_by)
        if phone is None:
            return None
        by = phone.user.actor()
        over = phones.end_if_over(phone, by=by)
        # Nobody knows what that phone's clock said: the time it wrote is taken, within the last three days.
        now_ms = int(clock().timestamp() * 1000)
        answers = receive([inside.get("change")], phone, now_ms, by=by, apply=not over)
    return answers[0] if answers else None


def hand_in_file(content: bytes, *, by: Actor) -> list[Answer]:
    """Every envelope of a file for hand-over, each once however often it is brought; `Refused` for any other file."""
    if len(content) > 2 * MOST_BYTES:
        raise Refused(NOT_A_FILE)
    try:
        found = json.loads(content)["envelopes"]
    except (KeyError, RecursionError, TypeError, ValueError):
        raise Refused(NOT_A_FILE) from None
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise Refused(NOT_A_FILE)
    return [answer for one in found if (answer := hand_in(one, brought_by=by)) is not None]
