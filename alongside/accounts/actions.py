"""Setting up programs and users."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.journal.actions import record


@transaction.atomic
def set_up_program(name: str, zone: str = "America/New_York") -> Program:
    """Make a program with the usual policy; one of that name that is there already is given back unchanged."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(f"“{zone}” is not a time zone; use a name such as America/New_York.") from None
    program, made = Program.objects.get_or_create(name=name, defaults={"zone": zone})
    if made:
        record("program_set_up", kind="program", target=program.id, by=Actor.system(program.id))
    return program
