"""What runs in processes of a test's own installation: sealing, reading without end, and counting what opens."""

from __future__ import annotations

import json
import sys
import time

from django.db import connection, transaction

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.walls import acting
from alongside.identity.actions import keep_contact
from alongside.identity.models import ClassKey, Contact, DataKey
from alongside.identity.unsealing import unseal
from alongside.identity.vault import seal_many
from alongside.people.actions import add_person
from alongside.people.models import Person


def the_side() -> tuple[Program, Actor]:
    program = Program.objects.get()
    return program, Actor.system(program.id)


def expected(person: Person) -> str:
    return f"Ask for {person.code}"


def fill(count: int) -> None:
    """Some people with a contact each: one real action for the first, many at once for the rest."""
    program, by = the_side()
    with acting(program.id):
        first = add_person(by=by)
        keep_contact(first, by=by, ask_for=expected(first))
    rest = [Person(program=program, code=f"made-up-{number}") for number in range(count - 1)]
    Person.objects.bulk_create(rest)
    kept = [Contact(person=person, kept_at="2026-01-01T00:00:00Z") for person in rest]
    seal_many([(row, {"ask_for": expected(row.person)}) for row in kept], program.id)
    Contact.objects.bulk_create(kept)


def read_all() -> tuple[int, int]:
    """How many contacts open to what was sealed, and how many do not."""
    good = bad = 0
    for row in Contact.objects.select_related("person").iterator(chunk_size=500):
        try:
            right = unseal([row.ask_for])[0] == expected(row.person)
        except Exception:  # counted, whatever it is
            right = False
        good, bad = good + right, bad + (not right)
    return good, bad


def keep_reading(seconds: float) -> None:
    """Read people at random order until the time is over; says how often, and every failure."""
    rows = list(Contact.objects.select_related("person").order_by("?")[:200])
    done, faults, end = 0, [], time.monotonic() + seconds
    while time.monotonic() < end:
        row = rows[done % len(rows)]
        try:
            if unseal([row.ask_for])[0] != expected(row.person):
                faults.append("wrong words")
        except Exception as fault:  # counted, whatever it is
            faults.append(repr(fault))
        done += 1
    print(json.dumps({"done": done, "faults": faults[:5]}))


def keep_writing(seconds: float) -> None:
    """Add people and seal their contact until the time is over."""
    program, by = the_side()
    done, faults, end = 0, [], time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with acting(program.id), transaction.atomic():
                person = add_person(by=by)
                keep_contact(person, by=by, ask_for=expected(person))
        except Exception as fault:  # counted, whatever it is
            faults.append(repr(fault))
        done += 1
        time.sleep(0.005)
    print(json.dumps({"done": done, "faults": faults[:5]}))


def state() -> None:
    """What a test wants to know afterwards."""
    good, bad = read_all()
    on_old = DataKey.objects.filter(class_key__retired_at__isnull=False).count()
    print(json.dumps({
        "good": good, "bad": bad, "class_keys": ClassKey.objects.filter(privacy_class="contact").count(),
        "on_old": on_old, "vendor": connection.vendor,
    }))  # fmt: skip


if __name__ == "__main__":
    act, *numbers = sys.argv[1:]
    {"fill": lambda: fill(int(numbers[0])), "read": lambda: keep_reading(float(numbers[0])),
     "write": lambda: keep_writing(float(numbers[0])), "state": state}[act]()  # fmt: skip
