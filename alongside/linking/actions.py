"""Asking coordinators about pairs that may be one person. Nobody is merged here."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.identity.matching import propose_match
from alongside.journal.actions import record

Question = tuple[UUID, UUID, tuple[str, ...]]


@transaction.atomic
def ask_about(questions: Sequence[Question], *, by: Actor) -> int:
    """Propose pairs (newer, older, reasons) as matches, all or none of them; gives how many a coordinator is asked about.

    A pair that was decided already, or waits for an answer, is not asked again.
    """
    return sum(propose_match(newer, older, reasons, by=by) is not None for newer, older, reasons in questions)


@transaction.atomic
def note_comparison(people: int, pairs: int, asked: int, model: str, *, by: Actor) -> None:
    """Write into the journal that everybody was compared: counts and the name of the model, nobody's."""
    record("people_compared", kind="program", target=by.program_id, by=by, people=people, pairs=pairs, asked=asked,
           model=model)  # fmt: skip


@transaction.atomic
def note_model(name: str, *, by: Actor) -> None:
    """Write into the journal by which model people are recognized from now on: one that was learned, or an earlier one."""
    record("model_changed", kind="program", target=by.program_id, by=by, model=name)
