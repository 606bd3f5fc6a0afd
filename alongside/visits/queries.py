"""Reading attempts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alongside.cases.queries import case_for
from alongside.common.actor import Actor
from alongside.visits.models import Attempt


def attempts_of(viewer: Actor, case_id: UUID, now: datetime) -> list[Attempt]:
    """The attempts of a case the viewer may see, newest first."""
    if case_for(viewer, case_id, now) is None:
        return []
    return list(Attempt.objects.filter(case_id=case_id).select_related("by_user").order_by("-at"))
