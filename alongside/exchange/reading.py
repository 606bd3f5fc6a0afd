"""An answer that comes as FHIR: a Task, or a Bundle with one. Four things are read, and no name can be one of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alongside.common.decision import Refused
from alongside.exchange.checking import check, resources_of
from alongside.exchange.fhir import BARRIER, IDS, Resource, code_in
from alongside.referrals.rules import BARRIERS, NO_STATUSES, PARTNER_MAY

MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What a file answers: which referral, with which status, and why not in one code."""

    referral: UUID
    status: str
    barrier: str = ""


def read_answer(raw: bytes) -> FileAnswer:
    """The answer of a file. Everything else that stands in it is not looked at; a bad file is one sentence."""
    task = _task_of(_json_of(raw))
    check(task)
    status = str(task["status"])
    if status in {"received", "ready"}:
        raise Refused("The file says only that it arrived. Send it again when there is an answer.")
    if status not in PARTNER_MAY:
        raise Refused("Only the team that sent a referral can say that of it.")
    return FileAnswer(_referral_of(task), status, _barrier_of(task) if status in NO_STATUSES else "")


def _json_of(raw: bytes) -> Resource:
    if len(raw) > MOST_BYTES:
        raise Refused("The file is larger than one answer can be. Send one Task.")
    try:
        whole = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("The file is not JSON. Send a FHIR Task as JSON.") from None
    if not isinstance(whole, dict):
        raise Refused("The file is JSON, but no FHIR resource. Send a Task.")
    return whole


def _task_of(whole: Resource) -> Resource:
    if whole.get("resourceType") not in ("Task", "Bundle"):
        raise Refused("The file is no answer: it is neither a FHIR Task nor a Bundle with one.")
    if whole["resourceType"] == "Bundle" and not isinstance(whole.get("entry", []), list):
        raise Refused("The Bundle has no list of entries.")
    tasks = [part for part in resources_of(whole) if part.get("resourceType") == "Task"]
    if len(tasks) != 1:
        raise Refused("Send one answer at a time: the file must hold exactly one Task.")
    return tasks[0]


def _referral_of(task: Resource) -> UUID:
    """Our id of the referral, from the identifier we gave it; the sender's own ids say nothing to us."""
    values = [str(one.get("value", "")) for one in task.get("identifier") or [] if one.get("system") == IDS]
    found = set[UUID]()
    for value in values:
        try:
            found.add(UUID(value.removeprefix("urn:uuid:")))
        except ValueError:
            continue
    if len(found) != 1:
        raise Refused("The Task does not carry the identifier of one referral of ours.")
    return found.pop()


def _barrier_of(task: Resource) -> str:
    """The reason in a code of our list; a text we do not know is “something else”, and the text is not kept."""
    reason: dict[str, Any] = task.get("statusReason") or {}
    if not reason:
        return ""
    code = code_in(reason, BARRIER)
    words = str(reason.get("text", "")).strip().casefold()
    by_words = {label.casefold(): known for known, label in BARRIERS.items()}
    return code if code in BARRIERS else by_words.get(words, "other")
