"""Who looked, in the person's own words: the day, what kind of worker, of which agency, and what for. Never a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from alongside.accounts.models import User
from alongside.accounts.roles import ROLES
from alongside.common.actor import Actor
from alongside.consent.rules import PURPOSES
from alongside.journal.queries import looks_at

IN_DANGER = "break_glass"


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of an agency looked on a day, for a purpose; `in_danger` when the glass was broken."""

    on: date
    role: str | Promise
    agency: str
    purpose: str
    in_danger: bool
    times: int = 1


def looks_of(viewer: Actor, records: Sequence[UUID]) -> list[Look]:
    """Every look at a person's records, newest first; the same worker's role, agency and purpose of a day are one line."""
    entries = looks_at(viewer, records)
    rows = User.objects.filter(id__in={UUID(entry.actor) for entry in entries if _is_id(entry.actor)})
    agencies = {str(user.id): user.agency.name for user in rows}
    counted: dict[tuple[date, str, str, str], int] = {}
    for entry in entries:
        purpose = IN_DANGER if entry.verb == "broke_glass" else str(entry.detail.get("purpose", ""))
        name = (localdate(entry.at), entry.role, agencies.get(entry.actor, ""), purpose)
        counted[name] = counted.get(name, 0) + 1
    return [
        Look(on, ROLES[role].label if role in ROLES else _("the program itself"), agency, _(PURPOSES.get(purpose, "")) if
             purpose in PURPOSES else "", purpose == IN_DANGER, times)
        for (on, role, agency, purpose), times in counted.items()
    ]  # fmt: skip


def _is_id(actor: str) -> bool:
    try:
        return bool(UUID(actor))
    except ValueError:
        return False
