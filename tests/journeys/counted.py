"""Run inside an installation: a year of made-up calls of two towns, and one month with enough work for every picture.

Prints the month as a code: the last one of the newest quarter that is over.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import django
from django.db import transaction

django.setup()

from alongside.accounts.models import Program, Town  # noqa: E402  # Django must be set up first
from alongside.cases.models import Case  # noqa: E402
from alongside.common.actor import Actor  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.incidents.models import Incident  # noqa: E402
from alongside.naloxone.models import Move  # noqa: E402
from alongside.people.models import Person  # noqa: E402
from alongside.referrals.models import Need, Referral  # noqa: E402
from alongside.signals import watching  # noqa: E402
from alongside.visits.models import Attempt  # noqa: E402

DAYS, PEOPLE = 450, 90
# Far enough apart that no difference is small.
NEEDS = (("ride", 75, 50, 30), ("detox", 60, 40, 20), ("shelter_tonight", 36, 24, 12))
# Finding the bars takes seconds and has tests of its own.
watching.bars_for = lambda _viewer, _today: {"hours": 4.2, "days": 3.6}


def incident(program: Program, town: Town, at: datetime, person: Person | None = None) -> Incident:
    return Incident(
        program=program, source="test", source_digest=str(new_id()), kind="overdose", town=town, person=person,
        outcome="non_fatal", occurred_at=at, entered_at=at + timedelta(hours=3), state="settled" if person else "counted",
    )  # fmt: skip


def calls(program: Program, towns: list[Town]) -> None:
    """Three or four a day here, one or two there; and twenty at once the day before yesterday."""
    rows, moment = [], now()
    for day in range(2, DAYS):
        for town, most in zip(towns, (4, 2), strict=True):
            hours = [3 + 5 * place for place in range(most - day % 2)]
            rows += [incident(program, town, moment - timedelta(days=day, hours=hour)) for hour in hours]
    rows += [incident(program, towns[0], moment - timedelta(hours=32, minutes=5 * place)) for place in range(20)]
    Incident.objects.bulk_create(rows)


def work(program: Program, town: Town, at: datetime) -> None:
    """Ninety people: tried within a day, two or three, two thirds reached, and what they asked for passed on."""
    people = Person.objects.bulk_create(
        Person(program=program, code=f"made-up {place}", home_town=town) for place in range(PEOPLE)
    )
    spread = [(person, at + timedelta(days=place % 18 - 9)) for place, person in enumerate(people)]
    Incident.objects.bulk_create(incident(program, town, day, person) for person, day in spread)
    cases = Case.objects.bulk_create(
        Case(program=program, person=person, town=town, event_at=day, opened_at=day + timedelta(hours=4), contact_due_at=day,
             due_at=day, status="closed", closed_at=day + timedelta(days=9), outcome="goals_met")
        for person, day in spread
    )  # fmt: skip
    tries = [
        (case, hours, channel, result)
        for hours, some, channel, result in (
            (9, cases[:40], "phone", "no_answer"), (40, cases[40:65], "phone", "no_answer"),
            (60, cases[65:], "phone", "no_answer"), (70, cases[:60], "home", "reached"),
        )
        for case in some
    ]  # fmt: skip
    Attempt.objects.bulk_create(
        Attempt(case=case, person_id=case.person_id, draft=new_id(), at=case.event_at + timedelta(hours=hours),
                recorded_at=case.event_at + timedelta(hours=hours), channel=channel, result=result)
        for case, hours, channel, result in tries
    )  # fmt: skip
    for code, noted, sent, connected in NEEDS:
        needs = Need.objects.bulk_create(
            Need(case=case, person_id=case.person_id, code=code, noted_at=at + timedelta(days=3)) for case in cases[:noted]
        )
        Referral.objects.bulk_create(
            Referral(need=need, person_id=need.person_id, status="completed" if place < connected else "requested",
                     made_at=at + timedelta(days=3), changed_at=at + timedelta(days=4))
            for place, need in enumerate(needs[:sent])
        )  # fmt: skip
    Move.objects.bulk_create(
        Move(program=program, kind="given", amount=kits, recipient=recipient, at=at + timedelta(days=3))
        for recipient, kits in (("person", 44), ("loved_one", 13))
    )


def last_whole_quarter() -> datetime:
    """Noon of the tenth day of its last month."""
    first = now().astimezone(UTC).replace(day=1, hour=16, minute=0, second=0, microsecond=0)
    while first.month % 3 != 1:
        first = (first - timedelta(days=1)).replace(day=1)
    return (first - timedelta(days=1)).replace(day=10)


if __name__ == "__main__":
    ours, at = Program.objects.get(), last_whole_quarter()
    places = list(Town.objects.order_by("-name"))
    with transaction.atomic():
        calls(ours, places)
        work(ours, places[0], at)
    watching.watch(by=Actor.system(ours.id))
    print(f"{at:%Y-%m}")
