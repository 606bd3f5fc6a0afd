"""Made-up sites for the benches, laid as rows: model objects for a hundred thousand cases take longer than anything measured."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from alongside.accounts.actions import set_up_program
from alongside.accounts.models import Agency, Program, Town, User
from alongside.cases.models import Case, CaseIncident
from alongside.common.ids import new_id
from alongside.incidents.models import Incident
from alongside.naloxone.models import Move
from alongside.people.models import Person
from alongside.people.rules import spoken_code
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt

START, DAYS = datetime(2025, 1, 1, 6, tzinfo=UTC), 364
NEEDS = ("detox", "medication", "housing", "food", "ride", "naloxone", "shelter_tonight", "primary_care")


def lay(model: type[models.Model], same: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Rows of a table by one statement, with a key each and the model's own defaults; the keys, in order."""
    fields = [one for one in model._meta.local_concrete_fields if not one.generated]
    whole = model(**same)
    usual = {one.attname: one.get_db_prep_save(one.pre_save(whole, add=True), connection) for one in fields}
    by_name = {one.attname: one for one in fields}
    keys, values = [], []
    for row in rows:
        key = new_id()
        own = {name: by_name[name].get_db_prep_save(value, connection) for name, value in ({"id": key} | dict(row)).items()}
        values.append(list((usual | own).values()))
        keys.append(key)
    names = ", ".join(f'"{one.column}"' for one in fields)
    marks = ", ".join(["%s"] * len(fields))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', values)  # noqa: S608
    return keys


def year_of_a_state(count: int, places: int) -> tuple[User, Program]:
    """A year of a whole state: each case with its event, two or three tries, some with needs and referrals."""
    program, draw = set_up_program("Bench"), random.Random(7)
    health = Agency.objects.create(program=program, name="Health", kind="health")
    towns = Town.objects.bulk_create(Town(program=program, name=f"Town {i:03}") for i in range(places))
    user = User.objects.create(username="epi", display_name="Epi", role="epidemiologist", agency=health)
    weights = [1 / (i + 1) for i in range(places)]
    homes, scenes = ([town.id for town in draw.choices(towns, weights, k=count)] for _ in range(2))
    # In their order, as they come in where people work.
    moments = sorted(START + timedelta(minutes=draw.randrange(DAYS * 1440)) for _ in range(count))
    ours = {"program": program}
    people = lay(Person, ours, ({"code": spoken_code(i * 13), "home_town_id": home} for i, home in enumerate(homes)))
    incidents = lay(
        Incident, ours | {"source": "bench", "state": "settled"},
        ({"source_digest": str(new_id()), "town_id": town, "person_id": person, "occurred_at": at,
          "kind": "overdose" if draw.random() < 0.8 else "theft", "entered_at": at + timedelta(hours=draw.expovariate(1 / 8)),
          "outcome": draw.choices(("non_fatal", "fatal", "unknown"), (85, 5, 10))[0], "naloxone_doses": draw.randrange(3),
          "facts": ["unhoused"] if draw.random() < 0.2 else [], "substances": ["opioid"]}
         for person, at, town in zip(people, moments, scenes, strict=True)),
    )  # fmt: skip
    cases = lay(
        Case, ours | {"status": "closed", "outcome": "goals_met"},
        ({"person_id": person, "town_id": home, "event_at": at, "opened_at": at, "contact_due_at": at, "due_at": at,
          "counts_from": at, "closed_at": at + timedelta(days=40)}
         for person, home, at in zip(people, homes, moments, strict=True)),
    )  # fmt: skip
    lay(CaseIncident, {}, ({"case_id": one, "incident_id": other} for one, other in zip(cases, incidents, strict=True)))
    follow(program, list(zip(cases, people, moments, strict=True)), draw)
    with connection.schema_editor() as editor:  # the running program may not make SQLite's tables of statistics
        editor.execute("ANALYZE")
    return user, program


def follow(program: Program, cases: Sequence[tuple[Any, Any, datetime]], draw: random.Random) -> None:
    """Tries, needs, referrals and kits of cases: (key, person, moment of the event)."""
    tries = []
    for case, person, event in cases:
        for place in range(draw.choice((0, 1, 2, 2, 3, 4))):
            at = event + timedelta(hours=draw.expovariate(1 / 40) + 30 * place)
            tries.append({"case_id": case, "person_id": person, "draft": new_id(), "at": at, "recorded_at": at,
                          "channel": "phone" if place == 0 else draw.choice(("phone", "home", "street")),
                          "result": draw.choice(("reached", "no_answer", "no_answer", "loved_one"))})  # fmt: skip
    lay(Attempt, {}, tries)
    wanted = [
        {"case_id": case, "person_id": person, "code": code, "noted_at": at}
        for case, person, at in cases if draw.random() < 0.4 for code in draw.sample(NEEDS, draw.randrange(1, 3))
    ]  # fmt: skip
    keys = lay(Need, {}, wanted)
    lay(Referral, {}, (
        {"need_id": key, "person_id": need["person_id"], "made_at": need["noted_at"],
         "changed_at": need["noted_at"] + timedelta(days=2), "status": draw.choice(("completed", "requested", "rejected"))}
        for key, need in zip(keys, wanted, strict=True) if draw.random() < 0.7
    ))  # fmt: skip
    lay(Move, {"program": program, "kind": "given"}, (
        {"amount": draw.randrange(1, 4), "recipient": draw.choice(("person", "loved_one", "other")), "at": at}
        for _case, _person, at in cases[: len(cases) // 10]
    ))  # fmt: skip
