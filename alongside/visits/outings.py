"""Who is out on a visit, for their own safety: begun, meant to end, ended; and a word to the coordinator when it did not.

Messages from a phone come late and in any order, so the end of an outing is the earliest of all that ends it. Nothing is
kept of where anybody is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.accounts.models import User
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.journal.queries import entries_about
from alongside.messaging.actions import tell
from alongside.visits.models import Outing
from alongside.visits.rules import LATE_AFTER, OUTING_DAYS, USUAL_MINUTES, ended_at, may_be_out, may_end


@transaction.atomic
def begin_outing(case: Case, outing_id: UUID, minutes: int = USUAL_MINUTES, at: datetime | None = None, *,
                 by: Actor) -> Outing:  # fmt: skip
    """Somebody goes to a visit and means to be back after so many minutes; once per id, made on the phone.

    Whoever begins another one is back from the one before.
    """
    may_be_out(minutes).require()
    if by.user_id is None or case.program_id != by.program_id:
        raise Refused("A visit is begun by somebody of this program.")
    hold_the_chain()  # its end may be on the way at the same moment
    known = Outing.objects.filter(id=outing_id).first()
    if known is not None and known.user_id != by.user_id:
        raise Refused("That visit is somebody else's.")
    if known is not None:
        return known
    begun_at = at or clock()
    outing = Outing(id=outing_id, case=case, user_id=by.user_id, begun_at=begun_at,
                    due_at=begun_at + timedelta(minutes=minutes))  # fmt: skip
    own = Outing.objects.filter(user_id=by.user_id)
    after = own.filter(Q(begun_at__gt=begun_at) | Q(begun_at=begun_at, id__gt=outing_id))
    ends = [*_early_ends(outing_id, by), *after.order_by("begun_at").values_list("begun_at", flat=True)[:1]]
    outing.ended_at = ended_at(begun_at, ends)
    outing.save(force_insert=True)
    record("outing_begun", kind="outing", target=outing_id, by=by, case=str(case.id), minutes=minutes)
    before = own.filter(Q(begun_at__lt=begun_at) | Q(begun_at=begun_at, id__lt=outing_id))
    for earlier in before.filter(Q(ended_at=None) | Q(ended_at__gt=begun_at)):
        _end(earlier, begun_at, by=by)
    return outing


@transaction.atomic
def end_outing(outing_id: UUID, at: datetime | None = None, *, by: Actor) -> Outing | None:
    """Somebody is back: whoever went says so, or the coordinator who reached them. Twice is once.

    An end that overtook its beginning gives None; it is kept, so that no alarm is raised when the beginning comes.
    """
    hold_the_chain()
    moment = at or clock()
    outing = Outing.objects.select_related("user__agency").filter(id=outing_id).first()
    if outing is None:
        if moment not in _early_ends(outing_id, by):
            record("outing_ended", kind="outing", target=outing_id, by=by, at=moment.isoformat())
        return None
    ours = outing.user.agency.program_id == by.program_id
    may_end(is_own=outing.user_id == by.user_id, by_coordinator=ours and by.role == "coordinator").require()
    _end(outing, moment, by=by)
    return outing


def _early_ends(outing_id: UUID, by: Actor) -> list[datetime]:
    """When the acting user said to be back from an outing nobody knew of yet; the journal holds it."""
    lines = entries_about(by, outing_id)
    return [datetime.fromisoformat(line.detail["at"]) for line in lines
            if line.verb == "outing_ended" and line.actor == str(by.user_id)]  # fmt: skip


def _end(outing: Outing, moment: datetime, *, by: Actor) -> None:
    end = ended_at(outing.begun_at, [moment, *([outing.ended_at] if outing.ended_at else [])])
    if end != outing.ended_at:
        outing.ended_at = end
        outing.save(update_fields=["ended_at"])
        record("outing_ended", kind="outing", target=outing.id, by=by, at=moment.isoformat())


@transaction.atomic
def find_overdue(*, by: Actor) -> int:
    """Mark, once, every outing of the program that should have ended, and tell the coordinators. Gives how many."""
    hold_the_chain()
    moment = clock()
    rows = Outing.objects.filter(user__agency__program_id=by.program_id, ended_at=None, told_at=None)
    late = list(rows.filter(due_at__lte=moment - LATE_AFTER).values_list("id", flat=True))
    for outing_id in late:
        record("outing_overdue", kind="outing", target=outing_id, by=by)
    Outing.objects.filter(id__in=late).update(told_at=moment)
    if late:
        for coordinator in User.objects.filter(agency__program_id=by.program_id, role="coordinator", is_active=True):
            tell(coordinator, "not_back", by=by)
    return len(late)


@transaction.atomic
def forget_outings(*, by: Actor) -> int:
    """Take out who was out more than thirty days ago; every night."""
    since = clock() - timedelta(days=OUTING_DAYS)
    return Outing.objects.filter(user__agency__program_id=by.program_id, begun_at__lt=since).delete()[0]
