"""Half a year of work, then a purge, cut off anywhere and finished by the next: no count of any month changes."""

from datetime import timedelta

import pytest
from django.db import transaction

from alongside.cases.actions import close_case
from alongside.common.clock import now
from alongside.identity.models import DataKey, Forgotten, Identity, Suppression
from alongside.incidents.models import Incident
from alongside.people.models import Person
from alongside.reports.queries import month_for
from alongside.rights import forgetting, purging
from alongside.rights.purging import run_purge
from alongside.visits.actions import record_attempt
from tests.cast import case_for_person, draft, incident_for, reached, whole_cast


def later(days):
    """The ids of people are made by the machine's clock, so the purge is asked ahead of it."""
    return now() + timedelta(days=days)


def half_a_year(ours):
    """People of every kind; gives the months to compare."""
    coordinator = ours.actor("coordinator")
    for days in (170, 140, 110, 80, 50, 20, 3):
        for ending in ("", "yes", "declined", "no_contact", "missed"):
            case = case_for_person(ours, hours_ago=days * 24)
            at = case.event_at + timedelta(hours=20)
            if ending == "missed":
                record_attempt(case, draft("phone", at=at), by=coordinator)
            elif ending:
                said = {"yes": "services", "declined": "not_today", "no_contact": "no_contact"}[ending]
                record_attempt(case, reached(response=said, at=at), by=coordinator)
            case.refresh_from_db()
            if ending == "declined":
                close_case(case, "declined", by=coordinator)
        incident_for(ours, None, hours_ago=days * 24)
    ours.program.min_cell = 1
    ours.program.save()
    today = now().date()
    return sorted({(today - timedelta(days=days)).replace(day=1) for days in range(0, 200, 15)})


@pytest.fixture(scope="module")
def laid_out(django_db_setup, django_db_blocker):
    """Half a year of work for all tests of this file; what each does is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        ours = whole_cast().ours
        yield ours, half_a_year(ours)
        transaction.set_rollback(True)


@pytest.fixture
def ours(laid_out, db):
    return laid_out[0]


@pytest.fixture
def months(laid_out, db):
    return laid_out[1]


def counted(ours, months):
    return [month_for(ours.actor("coordinator"), first.year, first.month, now()) for first in months]


def state():
    """What a purge is about, however it came about; the spoken codes are made anew by chance."""
    return {
        "forgotten": set(Forgotten.objects.values_list("holder", flat=True)),
        "keys": set(DataKey.objects.values_list("holder", "privacy_class")),
        "named": set(Identity.objects.exclude(given_name=None).values_list("person_id", flat=True)),
        "places": set(Incident.objects.exclude(place=None).values_list("id", flat=True)),
        "tokens": set(Suppression.objects.values_list("kind", "token")),
    }


@pytest.mark.covers("R47")
def test_no_count_of_any_month_changes(ours, months):
    before = counted(ours, months)
    assert sum(month.number("incidents") or 0 for month in before) >= 40
    told = run_purge(later(95), by=ours.system, dry_run=True)
    assert counted(ours, months) == before
    assert not Forgotten.objects.exists()
    did = run_purge(later(95), by=ours.system)
    assert did == told
    assert did["stopped"] == did["declined"] == 7
    assert did["unconsented"] == 14
    assert counted(ours, months) == before
    again = run_purge(later(95), by=ours.system)
    assert {name: count for name, count in again.items() if count} == {}
    assert counted(ours, months) == before


STEPS = [
    (purging, "write_list", 1), (purging, "purge_person", 5), (purging, "purge_papers", 1), (forgetting, "suppress", 1),
    (forgetting, "forget_everything", 3),
]  # fmt: skip
# At night every other one, too.
STEPS += [
    pytest.param(*step, marks=pytest.mark.nightly)
    for step in (
        (purging, "purge_places", 1), (purging, "purge_person", 1), (purging, "purge_sessions", 1),
        (forgetting, "become_nobody", 2), (forgetting, "_end_what_hangs_on", 1), (forgetting, "end_all_for", 1),
    )
]  # fmt: skip


class Cut(Exception):
    pass


@pytest.mark.covers("R47")
@pytest.mark.parametrize(("module", "name", "times"), STEPS)
def test_a_run_that_was_cut_off_at_any_step_is_finished_by_the_next(ours, months, monkeypatch, module, name, times):
    moment, before, left = later(95), counted(ours, months), times
    told = run_purge(moment, by=ours.system, dry_run=True)
    real = getattr(module, name)

    def cut(*args, **kwargs):
        nonlocal left
        done = real(*args, **kwargs)
        left -= 1
        if left == 0:
            raise Cut
        return done

    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut)
        with pytest.raises(Cut):
            run_purge(moment, by=ours.system)
    for person in Person.objects.filter(id__in=Forgotten.objects.values("holder")):  # each is whole or untouched
        assert not Identity.objects.filter(person=person).exclude(given_name=None).exists()
    run_purge(moment, by=ours.system)
    found = state()
    people = set(Person.objects.values_list("id", flat=True))
    assert len(found["forgotten"] & people) == sum(told[clock] for clock in purging.PERSON_CLOCKS)
    assert not found["named"] & found["forgotten"]
    assert not {holder for holder, _ in found["keys"]} & found["forgotten"]
    assert counted(ours, months) == before
    run_purge(moment, by=ours.system)
    assert state() == found
