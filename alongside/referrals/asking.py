"""Asking up to three places at once, and noticing when nobody answers. What they answer is kept in `answering`."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from alongside.accounts.models import User
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.referrals.actions import Plan, refer
from alongside.referrals.models import Need, Referral
from alongside.referrals.rules import MOST_ASKED


@transaction.atomic
def ask(need: Need, plans: Sequence[Plan], *, by: Actor) -> list[Referral]:
    """Ask one to three places for a need, all or none; those that wait for an answer already count.

    Each is sent as `refer` sends it. The first yes wins (`answer`).
    """
    if not 1 <= len(plans) <= MOST_ASKED:
        raise Refused("Choose one to three places to ask.")
    hold_the_chain()
    return [refer(need, plan, by=by) for plan in plans]


@transaction.atomic
def escalate(*, by: Actor) -> int:
    """Mark, once, every referral of the program whose answer is overdue, and tell the coordinators. Gives how many."""
    hold_the_chain()
    rows = Referral.objects.select_for_update(of=("self",)).filter(
        status="requested", answer_due_at__lt=clock(), escalated_at=None, need__case__program_id=by.program_id
    )  # fmt: skip
    overdue = list(rows)
    for referral in overdue:
        record("answer_overdue", kind="referral", target=referral.id, by=by)
    Referral.objects.filter(id__in=[row.id for row in overdue]).update(escalated_at=clock())
    if overdue:
        staff = User.objects.filter(agency__program_id=by.program_id, role="coordinator", is_active=True)
        for coordinator in staff:
            tell(coordinator, "no_answer", by=by)
    return len(overdue)

