"""“Start visit”: what must be looked at once more before anybody knocks, as a phone takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from alongside.cases.models import Case
from alongside.cases.queries import case_for
from alongside.common.actor import Actor
from alongside.visits.queries import may_start_for, standings_for
from alongside.visits.rules import HOLDS_FOR, Standing

NOTHING = Standing()


def flags_for(viewer: Actor, cases: Sequence[Case], now: datetime) -> dict[UUID, dict[str, Any]]:
    """The flags of each case the viewer sees; to whoever only goes along none says where the person is."""
    return {case_id: _flags(viewer, known) for case_id, known in standings_for(viewer, cases, now).items()}


def _flags(viewer: Actor, known: Standing) -> dict[str, Any]:
    away = known.away.where if known.away and not viewer.goes_along else ""
    not_today = not may_start_for(viewer, replace(known, stop="none", no_police=False, text_only=False, deceased=False))
    return {
        # "" or the word of the list (“no_visits”, “no_contact”): on the phone an empty word is no.
        "stop": known.stop if known.stop != "none" else "", "no_police": known.no_police, "text_only": known.text_only,
        "not_at_home": known.not_at_home, "deceased": known.deceased, "not_today": not_today,
    } | {where: away == where for where in HOLDS_FOR}  # fmt: skip


def check_visit(viewer: Actor, case_id: UUID, now: datetime) -> dict[str, Any]:
    """Whether a visit may start: `{ok, sentence, flags, at}`. A case that left the viewer's list is not to be visited."""
    case = case_for(viewer, case_id, now)
    at = int(now.timestamp() * 1000)
    if case is None:
        gone = _("Do not go: this visit is not on your list any more. Ask the coordinator.")
        return {"ok": False, "sentence": gone, "flags": _flags(viewer, NOTHING), "at": at}
    known = standings_for(viewer, [case], now)[case.id]
    decision = may_start_for(viewer, known)
    # The sentences are the rules'; a catalogue that does not have one leaves it as it is.
    sentence = _(decision.reason) if decision.reason else ""
    return {"ok": bool(decision), "sentence": sentence, "flags": _flags(viewer, known), "at": at}
