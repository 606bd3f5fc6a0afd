"""Real cases with the same facts and other towns: who lives where, and where it happened, moves nobody in the queue."""

import itertools
import os
import time
from datetime import timedelta

import pytest
from django.db import transaction

from alongside.accounts.models import Program, Town
from alongside.cases.actions import open_case
from alongside.cases.queries import queue_for
from alongside.incidents.actions import record_incident, settle_incident
from alongside.people.models import Person
from tests.cast import NOON, report

# One line for each person: the code, hours from the event until noon, older events in days, what is known of the event.
PEOPLE = (
    ("amber", 5, (), ()),
    ("birch", 9, (20,), ()),
    ("cedar", 30, (), ("unhoused",)),
    ("delta", 30, (), ("unhoused",)),
    ("ember", 4, (200,), ("recent_release", "asked_for_help")),
    ("flint", 55, (), ()),
)
ORDER = {
    "deadline": ["flint", "ember", "cedar", "delta", "birch", "amber"],
    "index": ["ember", "birch", "cedar", "delta", "amber", "flint"],
}


@pytest.fixture
def towns(ours):
    """Two towns that are served, one that is not, and one nobody told us."""
    return [*ours.towns, Town.objects.create(program=ours.program, name="Aaronsville", served=False), None]


@pytest.fixture
def queue(ours):
    """The codes in the order of the queue when these homes and these towns of the event are dealt out to the people."""
    by = ours.actor("coordinator")

    def happened(person, at, town, facts=()):
        incident, _ = record_incident(report(occurred_at=at, facts=facts), by=by, town=town)
        settle_incident(incident, by=by, person=person)
        return incident

    def asked(homes, places):
        with transaction.atomic():
            for (code, hours, earlier, facts), home, place in zip(PEOPLE, homes, places, strict=False):
                person = Person.objects.create(program=ours.program, code=code, home_town=home)
                at = NOON - timedelta(hours=hours)
                for days in earlier:
                    happened(person, at - timedelta(days=days), place)
                open_case(happened(person, at, place, facts), by=by)
                time.sleep(0.002)  # ids made in one millisecond have no order, and two people here have the same facts
            found = {}
            for policy in ORDER:
                Program.objects.update(queue_policy=policy)
                found[policy] = [case.person.code for case in queue_for(by, NOON).cases]
            transaction.set_rollback(True)
        return found

    return asked


def dealt(towns):
    """The towns in turn: every person gets every town, and every two people every two towns. At night in every order."""
    orders = list(itertools.permutations(range(len(towns))))
    even = [order for order in orders if sum(a > b for a, b in itertools.combinations(order, 2)) % 2 == 0]
    return [[towns[place] for place in order] for order in (orders if os.environ.get("ALONGSIDE_NIGHT") else even)]


def test_the_same_facts_give_the_same_order_wherever_people_live(queue, towns):
    for homes in dealt(towns):
        assert queue(itertools.cycle(homes), itertools.repeat(towns[0])) == ORDER, homes


def test_the_same_facts_give_the_same_order_wherever_it_happened(queue, towns):
    """Without a home town the case takes the town of the event; that moves nobody either."""
    for places in dealt(towns):
        assert queue(itertools.repeat(None), itertools.cycle(places)) == ORDER, places
        assert queue(itertools.cycle(places[::-1]), itertools.cycle(places)) == ORDER, places
