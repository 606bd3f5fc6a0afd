"""Reading needs and referrals."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from alongside.cases.queries import case_for, cases_visible_to
from alongside.common.actor import Actor
from alongside.consent.queries import known_to
from alongside.referrals.models import Need, Referral
from alongside.referrals.rules import OPEN_STATUSES


def needs_of(viewer: Actor, case_id: UUID, now: datetime) -> list[Need]:
    """The needs of a case the viewer may see with their referrals; police never get any."""
    if viewer.goes_along or case_for(viewer, case_id, now) is None:
        return []
    rows = Need.objects.filter(case_id=case_id).prefetch_related("referrals__service", "referrals__agency")
    return list(rows.order_by("noted_at"))


def need_for(viewer: Actor, need_id: UUID, now: datetime) -> Need | None:
    """One need of a case the viewer may see."""
    need = Need.objects.select_related("case", "person").filter(id=need_id).first()
    if need is None or viewer.goes_along or case_for(viewer, need.case_id, now) is None:
        return None
    return need


def referral_for(viewer: Actor, referral_id: UUID, now: datetime) -> Referral | None:
    """One referral: of a visible case for the team, of the own inbox for a partner."""
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    referral = rows.filter(id=referral_id, need__case__program_id=viewer.program_id).first()
    if referral is None or viewer.goes_along:
        return None
    if viewer.role == "partner":
        return referral if referral.agency_id == viewer.agency_id else None
    return referral if case_for(viewer, referral.need.case_id, now) else None


def inbox_for(viewer: Actor) -> list[Referral]:
    """The referrals sent to the viewer's agency that still want an answer or an end, oldest first."""
    if viewer.agency_id is None:
        return []
    rows = Referral.objects.select_related("need", "person", "service").filter(agency_id=viewer.agency_id)
    return list(rows.filter(status__in=OPEN_STATUSES).order_by("made_at")[:100])


def came_back_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Referral]:
    """Referrals that a partner could not take and whose need is still open, of the cases the viewer sees, newest first."""
    if viewer.goes_along:
        return []
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    rows = rows.filter(status__in=["rejected", "failed"], need__met_at=None, agency__program_id=viewer.program_id)
    rows = rows.filter(changed_at__gt=now - timedelta(days=14), need__case__in=cases_visible_to(viewer, now))
    return list(rows.order_by("-changed_at")[:limit])


def unanswered_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Referral]:
    """Referrals of the program sent to a partner more than 48 hours ago with no answer, oldest first."""
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    rows = rows.filter(status="requested", made_at__lt=now - timedelta(hours=48), agency__program_id=viewer.program_id)
    rows = rows.exclude(known_to(viewer))
    return list(rows.order_by("made_at")[:limit])
