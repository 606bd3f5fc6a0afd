"""How long what came from phones is kept, and what ends with the person it is about."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.field.models import Change, Clash, Parked, Phone
from alongside.identity.forgetting import shred_rows
from alongside.identity.models import Forgotten
from alongside.journal.actions import record

DAYS = 90


@transaction.atomic
def forget_old(*, by: Actor) -> int:
    """Remove what phones sent once its time is over, and phones after it; every night. Gives the number of rows.

    A call about nobody yet known goes with its key after 90 days, decided or not. A change that waits, or was decided, about a
    person stays as long as their record, and its phone's row with it; who was forgotten has no such rows any more.
    """
    before = now() - timedelta(days=DAYS)
    ours = Parked.objects.filter(program_id=by.program_id)
    gone = Forgotten.objects.values("holder")
    calls = ours.filter(person=None, made_at__lt=before)
    shred_rows(calls, ["call"], by=by)
    count = 0
    for rows in (
        calls,
        ours.filter(person_id__in=gone),
        Clash.objects.filter(program_id=by.program_id, person_id__in=gone),
    ):
        count += rows.delete()[0]
    mine = Q(phone__user__agency__program_id=by.program_id)
    count += Change.objects.filter(mine, received_at__lt=before, parked=None, clash=None).delete()[0]
    phones = Phone.objects.filter(user__agency__program_id=by.program_id, changes=None)
    # One that nobody ended and that was not heard of for so long has erased itself long ago.
    count += phones.filter(Q(revoked_at__lt=before) | Q(revoked_at=None, seen_at__lt=before)).delete()[0]
    if count:
        record("purged", kind="field", target="phones", by=by, clock="phones", count=count)
    return count
