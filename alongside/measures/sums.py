"""What is counted by adding up: tries, referrals, kits, training, agreements, look-ups; and what a program keeps at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from alongside.accounts.models import Program
from alongside.common.clock import day_in
from alongside.consent.models import Consent
from alongside.families.models import LovedOne, Support
from alongside.families.rules import KINDS as SUPPORTS
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.measures.rules import LANGUAGES, Period
from alongside.naloxone.models import Move, Reversal, Training
from alongside.naloxone.rules import RECIPIENTS, REVERSAL, STRIPS, SYRINGES
from alongside.referrals.models import Card, Need, Referral, Ride
from alongside.visits.models import Attempt
from alongside.visits.rules import REMOTE, THEIR_OWN_STEP

Places = dict[tuple[tuple[str, str], ...], int]
NOT_SENT = ("draft", "entered-in-error")


def sums_of(program: Program, period: Period, bounds: tuple[datetime, datetime], as_of: datetime) -> dict[str, Places]:
    """The plain sums of a period by their code, each with the places that it is printed by."""
    start, end = bounds
    found = _tries(program, start, end, as_of) | _kits(program, start, end) | _supports(program, start, end)
    referrals = Referral.objects.filter(person__program=program, made_at__gte=start, made_at__lt=end, made_at__lte=as_of)
    sent = referrals.exclude(status__in=NOT_SENT).order_by()
    ended = sent.aggregate(all=Count("id"), connected=Count("id", filter=Q(status="completed")))
    looks = Entry.objects.filter(program=str(program.id), at__gte=start, at__lt=end)
    days = day_in(program.zone, start), day_in(program.zone, end)
    trained = Training.objects.filter(program=program, at__gte=start, at__lt=end)
    agreed = Consent.objects.filter(person__program=program, given_at__gte=start, given_at__lt=end)
    found |= {"trained": _by_language(trained, Sum("people")), "agreements": _by_language(agreed, Count("id"))}
    single = {
        "referrals": ended["all"],
        "referrals.connected": ended["connected"],
        "rides": Ride.objects.filter(
            person__program=program, status="arrived", changed_at__gte=start, changed_at__lt=end
        ).count(),
        "reversals": _added(
            Reversal.objects.filter(program=program, month__gte=period.first_on, month__lt=period.after_on), "kits"
        ),
        "cards": Card.objects.filter(program=program, given_on__gte=days[0], given_on__lt=days[1]).count(),
        "lookups": looks.filter(verb__in=("looked_up", "opened")).count(),
        "lookups.odd": looks.filter(verb="anomaly_found").count(),
    }
    return found | {of: {(): number} for of, number in single.items()}


def who(path: str) -> Coalesce:
    """The living record of a person, through two joins at most, as everywhere."""
    return Coalesce(f"{path}__merged_into__merged_into_id", f"{path}__merged_into_id", f"{path}_id")


def _added(rows: QuerySet[Any], field: str) -> int:
    return int(rows.aggregate(found=Sum(field))["found"] or 0)


def _by_language(rows: QuerySet[Any], number: Sum | Count) -> Places:
    """How many, and in which language; one that is none of ours says nothing."""
    found: Places = {(): 0} | {(("language", code),): 0 for code in (*LANGUAGES, "")}
    for code, many in rows.order_by().values_list("language").annotate(number):
        found[("language", code if code in LANGUAGES else ""),] += many
        found[()] += many
    return found


def _supports(program: Program, start: datetime, end: datetime) -> dict[str, Places]:
    """What loved ones were given, by kind; and how many loved ones that were."""
    rows = Support.objects.filter(loved_one__program=program, at__gte=start, at__lt=end).order_by()
    found = dict(rows.values_list("kind").annotate(Count("id")))
    kinds: Places = {(("given", kind),): found.get(kind, 0) for kind in SUPPORTS}
    people = rows.aggregate(found=Count(who("loved_one__person"), distinct=True))["found"]
    return {"families.supports": {(): sum(found.values()), **kinds}, "families.served": {(): people}}


def _tries(program: Program, start: datetime, end: datetime, as_of: datetime) -> dict[str, Places]:
    """Tries of the period by their day; and those made after somebody had asked for no contact, which nobody should find."""
    rows = Attempt.objects.filter(person__program=program, at__gte=start, at__lt=end, recorded_at__lte=as_of)
    rows = rows.exclude(result="called_off").order_by()
    visits = Q(officer_present=False) & ~Q(channel__in=REMOTE)
    asked = Attempt.objects.filter(person_id=OuterRef("person_id"), response="no_contact", at__lt=OuterRef("at"))
    since = Attempt.objects.filter(person_id=OuterRef("person_id"), channel__in=THEIR_OWN_STEP, at__lte=OuterRef("at"))
    totals = rows.aggregate(
        tries=Count("id"), visits=Count("id", filter=~Q(channel__in=REMOTE)), no_police=Count("id", filter=visits),
        stops=Count("id", filter=Q(response="no_contact")),
    )  # fmt: skip
    askers = Attempt.objects.filter(person__program=program, response="no_contact").values("person_id")
    broken = rows.filter(person_id__in=askers).filter(Exists(asked)).exclude(Exists(since))
    return {
        "tries": {(): totals["tries"]},
        "tries.visits": {(): totals["visits"]},
        "tries.no_police": {(): totals["no_police"]},
        "stops": {(): totals["stops"]},
        "stops.broken": {(): broken.count()},
    }


def _kits(program: Program, start: datetime, end: datetime) -> dict[str, Places]:
    """Kits handed out less those taken back, by who received them; strips and syringes that went out."""
    moves = Move.objects.filter(program=program, at__gte=start, at__lt=end, kind__in=("given", "returned")).order_by()
    rows = moves.filter(product__in=REVERSAL).values_list("kind", "recipient").annotate(Sum("amount"))
    out = {(kind, recipient): number for kind, recipient, number in rows}
    kits = {to: max(0, out.get(("given", to), 0) - out.get(("returned", to), 0)) for to in RECIPIENTS}
    return {
        "kits": {(): sum(kits.values()), **{(("recipient", to),): number for to, number in kits.items()}},
        "strips": {(): _added(moves.filter(product__in=STRIPS, kind="given"), "amount")},
        "syringes": {(): _added(moves.filter(product=SYRINGES, kind="given"), "amount")},
    }


def collected_by(program: Program) -> frozenset[str]:
    """What a program keeps at all, by any row there ever was: where there is none, a zero would say what nobody knows."""
    kept = {
        "tries": Attempt.objects.filter(person__program=program),
        "needs": Need.objects.filter(person__program=program),
        "referrals": Referral.objects.filter(person__program=program),
        "rides": Ride.objects.filter(person__program=program),
        "kits": Move.objects.filter(program=program, product__in=REVERSAL),
        "strips": Move.objects.filter(program=program, product__in=STRIPS),
        "syringes": Move.objects.filter(program=program, product=SYRINGES),
        "reversals": Reversal.objects.filter(program=program),
        "trained": Training.objects.filter(program=program),
        "cards": Card.objects.filter(program=program),
        "agreements": Consent.objects.filter(person__program=program),
        "families": LovedOne.objects.filter(program=program),
        "naloxone_at_scene": Incident.objects.filter(program=program, naloxone_doses__isnull=False),
        "outcomes": Incident.objects.filter(program=program).exclude(outcome="unknown"),
    }
    return frozenset(name for name, rows in kept.items() if rows.exists())
