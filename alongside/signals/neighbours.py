"""What one program lets another on the same installation be told: where something was raised, and nothing of whom.

Both sides have a copy of what was agreed, each written while acting for that side; it is told only while both copies stand.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.elsewhere.queries import other_programs_for
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.signals.models import Heard, Neighbour, Signal
from alongside.signals.queries import told_of
from alongside.signals.rules import band


def _require_keeper(by: Actor) -> None:
    if not may(by.role, "keep_signals"):
        raise Refused("The coordinator or the epidemiologist agrees on this with another program.")


@transaction.atomic
def offer_signals(other: UUID, *, by: Actor) -> Neighbour:
    """Offer another program of the installation to be told of what is raised here; it waits for their word."""
    _require_keeper(by)
    hold_the_chain()
    them = next((program for program in other_programs_for(by) if program.id == other), None)
    if them is None:
        raise Refused("There is no such program here.")
    if known := Neighbour.objects.filter(program_id=by.program_id, other=other, tells=True).first():
        return known
    us, pair, moment = program_of(by), new_id(), now()
    ours = Neighbour.objects.create(program=us, other=them.id, other_name=them.name, pair=pair, tells=True, offered_at=moment)
    with acting(them.id):
        Neighbour.objects.create(
            program_id=them.id, other=us.id, other_name=us.name, pair=pair, tells=False, offered_at=moment
        )
    _on_both_sides("neighbour_offered", ours, by)
    return ours


@transaction.atomic
def agree_to_hear(neighbour_id: UUID, *, by: Actor) -> None:
    """Agree to be told what another program offered; from its next signal on. The same again changes nothing."""
    _require_keeper(by)
    hold_the_chain()
    ours = Neighbour.objects.filter(program_id=by.program_id, id=neighbour_id, tells=False).first()
    if ours is None:
        raise Refused("This was not offered, or is offered no more.")
    if ours.agreed_at is not None:
        return
    moment = now()
    Neighbour.objects.filter(id=ours.id).update(agreed_at=moment)
    with acting(ours.other):
        Neighbour.objects.filter(program_id=ours.other, pair=ours.pair).update(agreed_at=moment)
    _on_both_sides("neighbour_agreed", ours, by)


@transaction.atomic
def end_telling(neighbour_id: UUID, *, by: Actor) -> None:
    """End it, or say no to it, alone and at once, whichever side one is; ended already changes nothing."""
    _require_keeper(by)
    hold_the_chain()
    ours = Neighbour.objects.filter(program_id=by.program_id, id=neighbour_id).first()
    if ours is None:
        return
    _on_both_sides("neighbour_ended", ours, by)
    with acting(ours.other):
        Neighbour.objects.filter(program_id=ours.other, pair=ours.pair).delete()
    Neighbour.objects.filter(id=ours.id).delete()


@transaction.atomic
def tell_neighbours(signal: Signal, *, by: Actor) -> None:
    """Tell the programs that agreed to hear: which towns and when, and a count only in wide steps above both smallest cells.

    Word goes to those of theirs who asked for what is raised anywhere; never to anybody who enforces the law.
    """
    hold_the_chain()
    us = program_of(by)
    towns = ", ".join(signal.towns.order_by("name").values_list("name", flat=True))
    for row in Neighbour.objects.filter(program_id=by.program_id, tells=True, agreed_at__isnull=False):
        them = Actor.system(row.other)
        with acting(row.other):
            if not Neighbour.objects.filter(program_id=row.other, pair=row.pair, agreed_at__isnull=False).exists():
                continue
            smallest = max(us.min_cell, program_of(them).min_cell)
            heard = Heard.objects.create(
                program_id=row.other, from_name=us.name, towns=towns, starts_at=signal.starts_at, ends_at=signal.ends_at,
                at_least=band(signal.count, smallest), raised_at=signal.raised_at,
            )  # fmt: skip
            record("signal_heard", kind="signal", target=heard.id, by=them, pair=str(row.pair))
            for whom in told_of(them, None):
                if to := whom.user or whom.agency:
                    tell(to, "signal", by=them)
        record("neighbour_told", kind="signal", target=signal.id, by=by, pair=str(row.pair))


def _on_both_sides(verb: str, ours: Neighbour, by: Actor) -> None:
    record(verb, kind="program", target=ours.other, by=by, pair=str(ours.pair), tells=ours.tells)
    with acting(ours.other):
        record(verb, kind="program", target=ours.program_id, by=Actor.system(ours.other), pair=str(ours.pair),
               tells=not ours.tells)  # fmt: skip
