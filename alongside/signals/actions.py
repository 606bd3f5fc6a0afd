"""Keeping what a look found, once for each event; the budget; who is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency, Town, User
from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.signals.looking import Finding, Looked
from alongside.signals.models import AlarmBudget, Bar, Reading, Signal, Subscription
from alongside.signals.neighbours import tell_neighbours
from alongside.signals.queries import budget_for, told_of
from alongside.signals.rules import APART, Span, may_set, one_event


@transaction.atomic
def keep_look(looked: Looked, budget: str, now: datetime, *, by: Actor) -> list[Signal]:
    """Keep what a look found and tell whoever asked for it; gives what is new. The same look again changes nothing.

    Findings of one event, by the hour, the day or the week, are one signal; it grows as late reports come in.
    """
    hold_the_chain()  # two looks at the same moment: the second finds the signals of the first
    program, new = program_of(by), []
    for code, bar in looked.bars.items():
        Bar.objects.update_or_create(
            program=program, look=code,
            defaults={"bar": bar, "budget": budget, "found_on": day_in(program.zone, now)},
        )  # fmt: skip
    Reading.objects.filter(program=program).delete()
    Reading.objects.bulk_create(
        Reading(
            program=program, look=one.look, town_id=one.town, starts_at=one.starts_at, ends_at=one.ends_at,
            count=one.count, usual=one.usual, needed=one.needed, read_at=now,
        )
        for one in looked.readings
    )  # fmt: skip
    for finding in sorted(looked.findings, key=lambda one: -one.above):
        signal = _keep(finding, now, by)
        if signal is not None:
            new.append(signal)
    return new


def _keep(finding: Finding, now: datetime, by: Actor) -> Signal | None:
    span = Span(finding.starts_at, finding.ends_at, frozenset(finding.towns))
    near = Signal.objects.filter(
        program_id=by.program_id, ends_at__gte=finding.starts_at - APART, starts_at__lte=finding.ends_at + APART
    )
    for known in near.prefetch_related("towns").order_by("raised_at"):
        towns = frozenset(town.id for town in known.towns.all())
        if one_event(span, Span(known.starts_at, known.ends_at, towns)):
            if finding.count > known.count and finding.above > known.above:
                _write(known, finding)
                record("signal_grew", kind="signal", target=known.id, by=by, look=finding.look)
            return None
    signal = Signal(program_id=by.program_id, raised_at=now)
    _write(signal, finding)
    record("signal_raised", kind="signal", target=signal.id, by=by, look=finding.look)
    for whom in told_of(by, finding.towns):
        if to := whom.user or whom.agency:
            tell(to, "signal", by=by)
    tell_neighbours(signal, by=by)
    return signal


def _write(signal: Signal, finding: Finding) -> None:
    signal.look, signal.starts_at, signal.ends_at = finding.look, finding.starts_at, finding.ends_at
    signal.count, signal.usual, signal.above = finding.count, finding.usual, finding.above
    signal.once_in_days = finding.once_in_days
    signal.save()
    signal.towns.set(Town.objects.filter(program_id=signal.program_id, id__in=finding.towns))


@transaction.atomic
def set_budget(budget: str, *, by: Actor) -> None:
    """Say how often a false alarm is accepted; the bars are found anew at the next look."""
    _require_keeper(by)
    may_set(budget).require()
    if budget == budget_for(by):
        return
    AlarmBudget.objects.update_or_create(program_id=by.program_id, defaults={"budget": budget, "set_at": clock()})
    record("alarm_budget_set", kind="program", target=by.program_id, by=by, budget=budget)


@transaction.atomic
def subscribe(town: Town | None, *, by: Actor, agency: Agency | None = None) -> Subscription:
    """Tell the acting user, or a desk, of what is raised in a town or anywhere; the same again changes nothing."""
    if agency is not None:
        _require_keeper(by)
        if agency.program_id != by.program_id or agency.kind in POLICE_CLASSES:
            raise Refused("Choose a desk of your own program that does not enforce the law.")
    if town is not None and town.program_id != by.program_id:
        raise Refused("Choose a town of your own program.")
    user = None if agency else User.objects.get(id=str(by.user_id), agency__program_id=by.program_id)
    whom = {"agency": agency, "user": user}
    hold_the_chain()  # two taps on one button
    known = Subscription.objects.filter(program_id=by.program_id, town=town, **whom).first()
    if known is not None:
        return known
    made = Subscription.objects.create(program_id=by.program_id, town=town, since_at=clock(), **whom)
    kind, target = ("agency", agency.id) if agency else ("user", by.user_id)
    record("signal_subscribed", kind=kind, target=target, by=by, on=True)
    return made


@transaction.atomic
def unsubscribe(subscription_id: UUID, *, by: Actor) -> None:
    """Tell the acting user no more; whoever sets the budget may take anybody of the program, and any desk, off the list."""
    rows = Subscription.objects.filter(program_id=by.program_id, id=subscription_id)
    known = (rows if may(by.role, "keep_signals") else rows.filter(user__isnull=False, user=by.user_id)).first()
    if known is None:
        return
    whom = ("agency", known.agency_id) if known.agency_id else ("user", known.user_id)
    known.delete()
    record("signal_subscribed", kind=whom[0], target=whom[1], by=by, on=False)


def _require_keeper(by: Actor) -> None:
    if not may(by.role, "keep_signals"):
        raise Refused("The coordinator or the epidemiologist sets this.")
