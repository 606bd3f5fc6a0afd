"""Run by a test, in an installation of its own: many ask for the same few beds, or say yes for one person, at one moment.

It cannot run inside a test's transaction: other threads would see nothing of it. Prints what came of it.
"""

from __future__ import annotations

import json
import threading
from collections import Counter

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from alongside.accounts.models import Agency, AgencyKind  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.common.decision import Refused  # noqa: E402
from alongside.referrals.actions import Plan, note_need, refer  # noqa: E402
from alongside.referrals.answering import answer  # noqa: E402
from alongside.referrals.asking import ask  # noqa: E402
from alongside.referrals.beds import hold_bed, say_free  # noqa: E402
from alongside.referrals.models import BedHold, Referral  # noqa: E402
from alongside.referrals.queries import board_for  # noqa: E402
from tests.cast import case_for_person, person_of, whole_cast  # noqa: E402
from tests.referrals.conftest import desk_of  # noqa: E402

NIGHT = "shelter_tonight"


def together(jobs):
    """Do every job in a thread of its own, all at one moment; what each gave, or said."""
    gate, said = threading.Barrier(len(jobs)), []

    def work(job):
        gate.wait()
        try:
            said.append(job())
        except Refused as refused:
            said.append(refused.reason)
        except Exception as error:  # whatever it is, the test shows it
            said.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(said)


def beds(ours, claims, free):
    coach = ours.actor("recovery_coach")
    with transaction.atomic():
        shelter = Agency.objects.create(program=ours.program, name=f"Shelter with {free}", kind=AgencyKind.SHELTER)
        say_free(shelter, NIGHT, free, by=coach, how="phone")
        wanted = [
            refer(note_need(case_for_person(ours, person_of(ours)), NIGHT, by=coach), Plan(agency=shelter), by=coach)
            for _ in range(claims)
        ]
    said = together([lambda row=row: hold_bed(row, by=coach).status for row in wanted])
    line = next(line for line in board_for(coach, now(), NIGHT) if line.agency == shelter)
    return {
        "said": said,
        "held": BedHold.objects.filter(status="held", beds__agency=shelter).count(),
        "left": line.left,
    }


def yeses(ours, rounds):
    coach, accepted, said = ours.actor("recovery_coach"), [], Counter()
    places = [
        Agency.objects.create(program=ours.program, name=f"Shelter {n}", kind=AgencyKind.SHELTER) for n in range(3)
    ]
    for _ in range(rounds):
        with transaction.atomic():
            need = note_need(case_for_person(ours, person_of(ours)), NIGHT, by=coach)
            asked = ask(need, [Plan(agency=place) for place in places], by=coach)
        jobs = [
            lambda row=row, place=place: answer(row.id, "accepted", by=desk_of(place), how="link").won
            for row, place in zip(asked, places, strict=True)
            for _ in range(2)
        ]
        said += together(jobs)
        accepted.append(Referral.objects.filter(need=need, status="accepted").count())
    kept = BedHold.objects.filter(beds__agency__in=places).count()
    return {"said": {str(key): count for key, count in said.items()}, "accepted": accepted, "beds": kept}


with override_settings(DEBUG=False):
    ours = whole_cast().ours
    print(json.dumps({"one": beds(ours, 50, 1), "twenty": beds(ours, 50, 20), "yes": yeses(ours, 6)}))
