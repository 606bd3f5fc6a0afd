"""Reading agreements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from alongside.common.actor import Actor
from alongside.consent.models import Consent


def active_consents_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Consent]:
    """The agreements of a person's records that hold now, newest first; nobody who only goes along sees them."""
    if viewer.goes_along:
        return []
    rows = Consent.objects.filter(person_id__in=list(records), person__program_id=viewer.program_id, revoked_at=None)
    return list(rows.filter(expires_at__gt=now).select_related("recipient").order_by("-given_at"))
