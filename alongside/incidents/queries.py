"""Reading incidents: the morning list, and the incidents of a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncMonth

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.incidents.models import Incident
from alongside.incidents.rules import SAME_EVENT_MINUTES, may_be_one_event

POLICE_SEE_HOURS = 72
MOST = 200


def _waiting(viewer: Actor, now: datetime) -> QuerySet[Incident]:
    oldest = now - timedelta(hours=Program.objects.get(id=viewer.program_id).open_case_within_hours)
    rows = Incident.objects.select_related("town").filter(program_id=viewer.program_id, state="waiting")
    rows = rows.filter(occurred_at__gte=oldest)
    if viewer.role != "coordinator":
        rows = rows.filter(occurred_at__gte=now - timedelta(hours=POLICE_SEE_HOURS))
        rows = rows.filter(town_id__in=viewer.town_ids)  # a call without a town is the coordinator's
    return rows


def morning_list_for(viewer: Actor, now: datetime) -> list[Incident]:
    """The newest two hundred calls that wait for a person, oldest of them first.

    A data designee sees the own towns and the last 72 hours only; a call past the program's limit opens nothing any more.
    """
    return list(_waiting(viewer, now).order_by("-occurred_at", "-id")[:MOST])[::-1]


def waiting_incident_for(viewer: Actor, incident_id: UUID, now: datetime) -> Incident | None:
    """One waiting call the viewer may settle; anything else does not exist."""
    return _waiting(viewer, now).filter(id=incident_id).first()


def one_event_pairs(incidents: Iterable[Incident]) -> dict[UUID, UUID]:
    """Later call → earlier call, for calls of the list that may be one event (same kind, town, within ten minutes)."""
    ordered, pairs = sorted(incidents, key=lambda row: row.occurred_at), {}
    for place, row in enumerate(ordered):
        for earlier in reversed(ordered[:place]):
            if row.occurred_at - earlier.occurred_at > timedelta(minutes=SAME_EVENT_MINUTES):
                break
            if may_be_one_event(
                (row.kind, row.town_id, row.occurred_at), (earlier.kind, earlier.town_id, earlier.occurred_at)
            ):
                pairs[row.id] = earlier.id
                break
    return pairs


def incidents_of(viewer: Actor, people: Iterable[UUID]) -> list[Incident]:
    """Every incident of a person's records, newest first."""
    rows = Incident.objects.select_related("town").filter(program_id=viewer.program_id, person_id__in=list(people))
    return list(rows.order_by("-occurred_at"))


def _events(viewer: Actor, kind: str) -> QuerySet[Incident]:
    """Events of a kind in the viewer's program; two calls about one event are one."""
    return Incident.objects.filter(program_id=viewer.program_id, kind=kind, joined_into=None).exclude(state="joined")


def months_for(viewer: Actor, kind: str, towns: Iterable[UUID], zone: str) -> tuple[date | None, dict[date, int]]:
    """The day of the first event of a kind in some towns (None: there is none), and how many there were in each month."""
    rows = _events(viewer, kind).filter(town_id__in=list(towns))
    first = rows.aggregate(first=Min("occurred_at"))["first"]
    if first is None:
        return None, {}
    month = TruncMonth("occurred_at", tzinfo=ZoneInfo(zone))
    found = rows.order_by().annotate(month=month).values("month").annotate(number=Count("id"))
    return first.astimezone(ZoneInfo(zone)).date(), {row["month"].date(): row["number"] for row in found}


def moments_for(viewer: Actor, kind: str, since: datetime, until: datetime) -> list[tuple[UUID | None, datetime, bool, datetime]]:
    """Where and when events of a kind happened, whether the hour is known, and when they were entered; for counting only.

    Two calls about one event count once, and no person, place or source is in it.
    """
    rows = _events(viewer, kind).filter(occurred_at__gte=since, occurred_at__lt=until)
    return list(rows.order_by("occurred_at").values_list("town_id", "occurred_at", "time_known", "entered_at"))
