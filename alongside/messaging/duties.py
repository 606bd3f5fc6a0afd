"""The timed duties: each at one worker at a time, each safe to repeat, each with a failure that tells of nobody."""

from __future__ import annotations

import io
import logging
import shlex
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.management import call_command
from django.db.models import Q
from django.tasks import task
from django.utils.module_loading import import_string

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.walls import acting
from alongside.messaging.models import Duty

log = logging.getLogger("alongside.duties")


class DutyFailed(Exception):
    """A duty failed: its name and the kind of the fault, never the fault's own words."""


class DutyBusy(DutyFailed):
    """Another worker is at the duty."""


@task
def run_duty(name: str) -> None:
    """The one task of the queue, which tries again when it fails. Django's own `tasks` alone: the back end can be changed."""
    try:
        run(name)
    except DutyBusy:
        raise
    except DutyFailed as fault:
        log.warning("The duty failed and is tried again: %s", fault)
        raise


def run(name: str) -> None:
    """Do one duty of the settings for every program; raises `DutyFailed`, or `DutyBusy`."""
    _when, how, what = settings.DUTIES[name]
    holder = _take(name)
    if holder is None:
        raise DutyBusy(f"{name}: another worker is at it")
    kind = ""
    try:
        _do(how, what)
    except Exception as fault:  # whatever it is, its words may hold a name
        kind = type(fault).__name__
    _give_back(name, holder, failed=bool(kind))
    if kind:
        raise DutyFailed(f"{name}: {kind}") from None


def _do(how: str, what: str) -> None:
    if how == "command":
        command, *words = shlex.split(what)
        call_command(command, *words, stdout=io.StringIO(), stderr=io.StringIO())
        return
    duty, fault = import_string(what), None
    for program in Program.objects.order_by("id"):
        try:
            if how == "steps":
                duty(by=Actor.system(program.id))
            else:
                with acting(program.id):
                    duty(by=Actor.system(program.id))
        except Exception as its:  # one program's fault is not the others'
            fault = its
    if fault is not None:
        raise fault


def _take(name: str) -> UUID | None:
    holder, moment = uuid4(), now()
    Duty.objects.get_or_create(name=name)
    free = Duty.objects.filter(Q(busy_until=None) | Q(busy_until__lt=moment), name=name)
    taken = free.update(busy_until=moment + timedelta(seconds=settings.DUTY_SECONDS), holder=holder)
    return holder if taken else None


def _give_back(name: str, holder: UUID, *, failed: bool) -> None:
    ended = {"failed_at": now()} if failed else {"done_at": now()}
    Duty.objects.filter(name=name, holder=holder).update(busy_until=None, holder=None, **ended)
