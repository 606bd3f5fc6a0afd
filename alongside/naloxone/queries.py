"""Reading the ledger."""

from __future__ import annotations

from django.db.models import Sum

from alongside.common.actor import Actor
from alongside.naloxone.models import Lot
from alongside.naloxone.rules import LotState


def lots_of(viewer: Actor) -> list[LotState]:
    """The lots of the viewer's agency with the kits left."""
    if viewer.agency_id is None:
        return []
    rows = Lot.objects.filter(agency_id=viewer.agency_id).annotate(left=Sum("moves__kits"))
    return [LotState(lot.id, lot.left or 0, lot.expires_on) for lot in rows]


def stock_for(viewer: Actor) -> list[Lot]:
    """The lots of every agency of the program with kits left, soonest expiry first (attribute `left`)."""
    rows = Lot.objects.filter(agency__program_id=viewer.program_id).annotate(left=Sum("moves__kits"))
    return list(rows.filter(left__gt=0).select_related("agency").order_by("expires_on")[:200])
