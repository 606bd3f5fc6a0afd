"""Run inside an installation: what a partner's mailbox would show, and time that has passed."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django

django.setup()

from alongside.accounts.models import Program  # noqa: E402  # Django must be set up first
from alongside.common.actor import Actor  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.identity.models import Match  # noqa: E402
from alongside.referrals.asking import escalate  # noqa: E402
from alongside.referrals.links import path_of  # noqa: E402
from alongside.referrals.models import AnswerLink, Referral  # noqa: E402


def mailbox() -> None:
    """The address in the newest message to each desk, by agency, what it is about, and for whom."""
    links = AnswerLink.objects.filter(expires_at__gt=now()).select_related("agency", "referral__person", "ride__person")
    print(json.dumps({
        f"{link.agency.name}/{(link.referral or link.ride).person.code}": path_of(link)
        for link in links.order_by("made_at") if link.referral or link.ride
    }))  # fmt: skip


def half_an_hour_later() -> None:
    """Every answer that is waited for was due a moment ago, and the clockwork has noticed."""
    Referral.objects.filter(status="requested").update(answer_due_at=now() - timedelta(minutes=2))
    escalate(by=Actor.system(Program.objects.get().id))


def a_month_later() -> None:
    """Pairs that nobody could tell come back."""
    Match.objects.filter(ask_again_at__isnull=False).update(ask_again_at=now() - timedelta(minutes=2))


if __name__ == "__main__":
    {"mailbox": mailbox, "later": half_an_hour_later, "month": a_month_later}[sys.argv[1]]()
