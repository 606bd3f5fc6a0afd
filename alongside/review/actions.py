"""Finding what is out of the ordinary, reviewing it, opening somebody in danger, declaring a breach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from alongside.accounts.models import User
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import open_tie
from alongside.consent.queries import is_kept_from
from alongside.identity.vault import seal
from alongside.journal.actions import hold_the_chain, record
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.review.models import Breach, BreakGlass, Review
from alongside.review.queries import (
    NOBODY,
    Item,
    Scope,
    affected_codes,
    entry_to_review,
    items_of,
    opened_in_danger,
    zone_of,
)
from alongside.review.rules import (
    DANGER_MINUTES,
    DANGERS,
    FITS,
    SHORTEST_REASON,
    UNTOLD,
    USUAL_DAYS,
    bounds_of,
)
from alongside.review.watch import entries_between, findings_between


@transaction.atomic
def find_anomalies(since: datetime, until: datetime, *, by: Actor) -> int:
    """Open an anomaly for whatever was out of the ordinary in a stretch of time; the same one is never opened twice."""
    hold_the_chain()  # one search at a time
    known = {
        tuple(str(row.detail.get(part, "")) for part in ("why", "whose", "person", "day"))
        for row in entries_between(by, ["anomaly_found"], since - timedelta(days=USUAL_DAYS), clock() + timedelta(days=1))
    }
    fresh = [found for found in findings_between(by, zone_of(by), since, until) if found.key not in known]
    for found in fresh:
        record("anomaly_found", kind="entry", target=found.item, by=by, why=found.why, whose=found.whose,
               person=found.person, day=found.day)  # fmt: skip
    return len(fresh)


@transaction.atomic
def read_week(week: str, zone: str, now: datetime, *, by: Actor) -> list[Item]:
    """The list of one week, after a fresh look for anomalies in it; that it was read is itself written down."""
    start, end = bounds_of(week, zone)
    find_anomalies(start, min(end, now), by=Actor.system(by.program_id))
    record("report_read", kind="journal", target=week, by=by)
    return items_of(by, week, zone, now)


@transaction.atomic
def review_item(seq: int, outcome: str, reason: str, *, by: Actor) -> Review:
    """Say what a look-up was: fine, to be asked, or not justified. “Ask” may become another; nobody reviews themselves."""
    row = entry_to_review(by, seq)
    user = User.objects.filter(id=by.user_id or NOBODY).first()
    if row is None or user is None or not may(by.role, "review_journal") or by.is_police:
        raise Refused("There is nothing to review here.")
    if reason not in FITS.get(outcome, ()):
        raise Refused("Choose an outcome and a reason that fits it.")
    if str(by.user_id) in (row.actor, row.detail.get("whose")):
        raise Refused("Nobody reviews their own look-ups. Ask the other reviewer.")
    kept = Review.objects.select_for_update().filter(item=seq).first()
    if kept is not None and (kept.outcome, kept.reason) == (outcome, reason):
        return kept
    if kept is not None and kept.outcome != "ask":
        raise Refused("This was reviewed already.")
    kept = kept or Review(item=seq, program_id=by.program_id)
    kept.outcome, kept.reason, kept.by_user, kept.reviewed_at = outcome, reason, user, clock()
    kept.save()
    record("reviewed", kind="entry", target=seq, by=by, outcome=outcome, reason=reason)
    return kept


@dataclass(frozen=True, slots=True)
class Danger:
    """Why somebody must be opened now: a category, a typed reason, and why the person is not told, if they are not."""

    category: str
    reason: str
    untold: str = ""


@transaction.atomic
def break_glass(person: Person, danger: Danger, *, by: Actor) -> BreakGlass:
    """Open one person for 15 minutes because somebody is in danger (45 CFR 164.512(j), 42 CFR 2.51).

    Never by police, and never by somebody from whom the person is kept. It is reviewed within one business day, and the
    person's own account of who looked lists it unless telling would put somebody in danger. Twice in the 15 minutes is once.
    """
    records = records_of(person)
    _may_break_glass(person, danger, by)
    holding = opened_in_danger(by, records, clock())
    if holding is not None:
        return holding
    user, moment = User.objects.get(id=by.user_id or NOBODY), clock()
    until = moment + timedelta(minutes=DANGER_MINUTES)
    for row in Person.objects.filter(id__in=records):
        open_tie(row, by=by, until=until, user=user, opens="break_glass")
    entry = record("broke_glass", kind="person", target=person.id, by=by, category=danger.category,
                   told=not danger.untold, untold=danger.untold)  # fmt: skip
    opened = BreakGlass(
        person=person, user=user, item=entry.seq, category=danger.category, opened_at=moment, expires_at=until,
        tell_person=not danger.untold, untold=danger.untold,
    )  # fmt: skip
    seal(opened, person.program_id, reason=danger.reason)
    opened.save()
    return opened


def _may_break_glass(person: Person, danger: Danger, by: Actor) -> None:
    if by.is_police or not may(by.role, "break_glass") or person.program_id != by.program_id:
        raise Refused("This role does not open anybody in danger.")
    if is_kept_from(by, records_of(person)):
        raise Refused("This person is kept from you. Ask a colleague: they may open it, you may not.")
    if danger.category not in DANGERS or danger.untold not in {"", *UNTOLD}:
        raise Refused("Choose what kind of danger it is.")
    if len(" ".join(danger.reason.split())) < SHORTEST_REASON:
        raise Refused(f"Say in at least {SHORTEST_REASON} letters why it must be now.")


@transaction.atomic
def declare_breach(scope: Scope, since: datetime, until: datetime, state_days: int, *, by: Actor) -> Breach:
    """Declare that look-ups of a user or an agency were a breach: who is affected is counted, and the clocks start now."""
    if (scope.user is None) == (scope.agency is None) or since >= until or not 1 <= state_days <= 60:
        raise Refused("Name one user or one agency, a stretch of time, and the state's days (1 to 60).")
    if by.role != "system" and not may(by.role, "declare_breach"):
        raise Refused("This role does not declare a breach.")
    same = Breach.objects.filter(program_id=by.program_id, since_at=since, until_at=until)
    kept = same.filter(user=scope.user, agency=scope.agency).first()
    if kept is not None:
        return kept
    affected = len(affected_codes(by, scope, since, until))
    breach = Breach.objects.create(
        program_id=by.program_id, user=scope.user, agency=scope.agency, since_at=since, until_at=until,
        known_at=clock(), affected=affected, state_days=state_days,
    )  # fmt: skip
    record("breach_declared", kind="breach", target=breach.id, by=by, affected=affected)
    return breach


@transaction.atomic
def export_breach(breach: Breach, *, by: Actor) -> list[str]:
    """The codes of everybody affected, for the file that goes to the one who tells them."""
    codes = affected_codes(by, Scope(breach.user, breach.agency), breach.since_at, breach.until_at)
    record("exported", kind="breach", target=breach.id, by=by, people=len(codes))
    return codes
