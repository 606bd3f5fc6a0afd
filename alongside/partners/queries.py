"""Finding the one thing a link is for, and reading what its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from alongside.accounts.models import Agency
from alongside.accounts.queries import agencies_of
from alongside.cases.models import Assignment
from alongside.common import links
from alongside.common.actor import Actor
from alongside.consent.rules import RECEIVING_KINDS
from alongside.partners.rules import COURTESY_HOURS
from alongside.referrals.models import AnswerLink, BedHold, Beds
from alongside.referrals.rules import OPEN_STATUSES, RIDE_OPEN
from alongside.services.models import Service
from alongside.services.needs import BED_KINDS, NEED_KINDS

NOBODY = UUID(int=0)


def _holding(viewer: Actor, now: datetime) -> QuerySet[AnswerLink]:
    rows = AnswerLink.objects.select_related("agency__program").filter(
        program_id=viewer.program_id, agency__program_id=viewer.program_id, agency__kind__in=RECEIVING_KINDS
    )  # fmt: skip
    is_over = Q(referral__isnull=False) & ~Q(referral__status__in=OPEN_STATUSES)
    is_over |= Q(ride__isnull=False) & ~Q(ride__status__in=RIDE_OPEN)
    return rows.filter(Q(expires_at__gt=now) | is_over & Q(expires_at__gt=now - timedelta(hours=COURTESY_HOURS)))


def link_of(viewer: Actor, link_id: UUID, now: datetime) -> AnswerLink | None:
    """A link of the viewer's program that still holds; a link of an agency that enforces the law never does."""
    return _holding(viewer, now).filter(id=link_id).first()


def link_of_code(viewer: Actor, spoken: str, now: datetime) -> AnswerLink | None:
    """The link whose code was read out on the telephone, by the same rules; the newest, should there be two."""
    return _holding(viewer, now).filter(code_hash=links.code_hash("answer", spoken)).order_by("-made_at").first()


@dataclass(frozen=True, slots=True)
class BedKind:
    """The beds of one kind of the viewer's agency: the last count, if there is one, and what is kept for us."""

    code: str
    beds: Beds | None
    holds: tuple[BedHold, ...]

    @property
    def label(self) -> str:
        """The words of the need these beds are for."""
        return NEED_KINDS[self.code].label


def own_beds(viewer: Actor) -> list[BedKind]:
    """The beds of the viewer's own agency: the kinds counted before, and those its services in the directory are for."""
    rows = {
        row.kind: row for row in Beds.objects.select_related("said_by").filter(agency_id=viewer.agency_id or NOBODY)
    }
    listed = set(Service.objects.filter(agency_id=viewer.agency_id or NOBODY).values_list("needs__need", flat=True))
    usual = {"shelter": {"shelter_tonight"}, "treatment": {"detox", "residential"}}.get(viewer.agency_class, set())
    wanted = set(rows) | listed or usual
    holds = list(own_holds(viewer).order_by("expires_at"))
    return [
        BedKind(code, rows.get(code), tuple(hold for hold in holds if hold.beds.kind == code))
        for code in BED_KINDS
        if code in wanted
    ]


def own_holds(viewer: Actor) -> QuerySet[BedHold]:
    """The beds the viewer's own agency keeps for us now."""
    rows = BedHold.objects.select_related("beds", "referral__person")
    return rows.filter(beds__agency_id=viewer.agency_id or NOBODY, status="held")


def team_phone(viewer: Actor, case_id: UUID, now: datetime) -> str:
    """The telephone of whoever works with somebody: the coach's employer, else a health body of the program; or nothing."""
    helping = agencies_of(viewer).filter(kind__in=["recovery", "health"]).exclude(phone="")
    team = Assignment.objects.filter(case_id=case_id, case__program_id=viewer.program_id, ended_at=None, expires_at__gt=now)
    own = helping.filter(id__in=team.values("coach__agency"))
    return own.values_list("phone", flat=True).first() or helping.order_by("kind").values_list("phone", flat=True).last() or ""


def desks_for(viewer: Actor) -> QuerySet[Agency]:
    """The agencies of the program that may be asked for something, with the desk that answers."""
    return agencies_of(viewer).filter(kind__in=RECEIVING_KINDS)
