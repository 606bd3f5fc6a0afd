"""Run inside an installation: a full day for the coach, 25 people."""

from __future__ import annotations

from datetime import date

import django

django.setup()

from alongside.accounts.models import Town, User  # noqa: E402  # Django must be set up first
from alongside.cases.actions import assign_team  # noqa: E402
from alongside.cases.models import Assignment, Case  # noqa: E402
from alongside.cases.receiving import Newcomer, receive_report  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.field.rules import MOST_VISITS  # noqa: E402
from alongside.identity.tokens import Description  # noqa: E402
from alongside.incidents.rules import Report  # noqa: E402


def seed() -> None:
    users = {
        user.username: user for user in User.objects.filter(username__in=["patrol", "coordinator", "officer", "coach"])
    }
    town = Town.objects.first()
    missing = MOST_VISITS - Assignment.objects.count()
    for i in range(missing):
        report = Report(source="form", key=str(new_id()), kind="overdose", outcome="non_fatal", occurred_at=now())
        who = Newcomer(
            Description(f"Given{i}", f"Family{i}", date(1960 + i, 1, 1 + i)),
            ask_for=f"Given{i}",
            meeting_place=f"Bench {i}",
        )
        receive_report(report, who, by=users["patrol"].actor(), town=town)
    free = Case.objects.exclude(id__in=Assignment.objects.values("case")).order_by("-opened_at")
    for case in free[:missing]:
        assign_team(case, users["officer"], users["coach"], by=users["coordinator"].actor(), asked_by_coach=True)


if __name__ == "__main__":
    seed()
