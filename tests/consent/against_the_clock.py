"""Run by a test, in an installation of its own: many threads read while one takes the agreement back. Prints what they saw.

It cannot run inside a test's transaction: other threads would see nothing of it.
"""

from __future__ import annotations

import json
import sys
import threading

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from alongside.common.decision import Refused  # noqa: E402
from alongside.consent import firewall  # noqa: E402
from alongside.consent.models import Consent  # noqa: E402
from alongside.identity.models import Contact  # noqa: E402
from alongside.journal.models import Entry  # noqa: E402
from alongside.referrals.actions import Plan, note_need, refer  # noqa: E402
from alongside.referrals.sharing import take_back  # noqa: E402
from tests.cast import case_with_team, person_who_consented, whole_cast  # noqa: E402


def read_on(partner, sealed, gate, taken_back, late, errors, times):
    """Read again and again; a value that comes after the revocation was committed is late."""
    gate.wait()
    try:
        for _ in range(times):
            was_taken_back = taken_back.is_set()
            (answer,) = firewall.open(partner, "referral_receive", sealed)
            if was_taken_back and not isinstance(answer, Refused):
                late.append(str(answer))
    except Exception as error:  # whatever it is, the test shows it
        errors.append(repr(error))
    finally:
        connection.close()


def main(threads: int, times: int) -> None:
    with override_settings(DEBUG=False):
        ours = whole_cast().ours
        coach, partner = ours.actor("recovery_coach"), ours.actor("partner")
        person = person_who_consented(ours)
        need = note_need(case_with_team(ours, person), "shelter_tonight", by=coach, words="a warm room")
        refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)
        sealed, consent = Contact.objects.get(person=person).ask_for, Consent.objects.get(person=person)
        gate, taken_back, late, errors = threading.Barrier(threads + 1), threading.Event(), [], []
        readers = [
            threading.Thread(target=read_on, args=(partner, sealed, gate, taken_back, late, errors, times))
            for _ in range(threads)
        ]
        for reader in readers:
            reader.start()
        gate.wait()
        take_back(consent, by=coach)
        taken_back.set()
        for reader in readers:
            reader.join()
    lines = Entry.objects.filter(role="partner").order_by("seq").values_list("seq", "verb")
    ended = Entry.objects.get(verb="consent_revoked").seq
    print(json.dumps({
        "late": len(late), "errors": errors[:3], "before": sum(v == "opened" and s < ended for s, v in lines),
        "opened_after": sum(v == "opened" and s > ended for s, v in lines), "denied": sum(v == "denied" for _, v in lines),
    }))  # fmt: skip


main(int(sys.argv[1]), int(sys.argv[2]))
