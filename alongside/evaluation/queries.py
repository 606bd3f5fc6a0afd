"""What a page of results reads: when outreach began, the program's own months, and what was brought."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alongside.accounts.queries import program_of, served_towns
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.evaluation.models import MonthlySeries, OutreachStart
from alongside.evaluation.rules import Series, later, monthly
from alongside.incidents.queries import months_for


def starts_for(viewer: Actor) -> list[OutreachStart]:
    """Every first month of outreach that was said, the newest first: that one holds."""
    return list(OutreachStart.objects.filter(program_id=viewer.program_id))


def brought_for(viewer: Actor) -> list[MonthlySeries]:
    """The monthly counts that somebody brought, by name."""
    return list(MonthlySeries.objects.filter(program_id=viewer.program_id))


def series_for(viewer: Actor, series_id: UUID) -> MonthlySeries | None:
    """One of them."""
    return MonthlySeries.objects.filter(program_id=viewer.program_id, id=series_id).first()


def own_series_for(viewer: Actor, now: datetime) -> Series | None:
    """Overdoses in the towns that are served, by month; the newest whole month waits for what is entered late."""
    zone = program_of(viewer).zone
    first, counts = months_for(viewer, "overdose", [town.id for town in served_towns(viewer)], zone)
    until = later(day_in(zone, now).replace(day=1), -1)
    return monthly(first, counts, until) if first else None
