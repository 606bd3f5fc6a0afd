"""Every status can be reached, has an owner, and has a way out or is an end."""

import pytest

from alongside.cases import rules as cases
from alongside.incidents import rules as incidents
from alongside.legal import rules as legal
from alongside.referrals import rules as referrals

TABLES = {
    "cases": (cases.STATUSES, cases.STATUS_OWNERS, cases.MOVES, "waiting", set()),
    "referrals": (
        referrals.STATUSES, referrals.STATUS_OWNERS, referrals.MOVES, "draft",
        {"rejected", "cancelled", "failed", "entered-in-error"},
    ),
    "legal": (legal.STATUSES, legal.STATUS_OWNERS, legal.MOVES, "received", {"closed"}),
    "holds": (
        referrals.HOLD_STATUSES, referrals.HOLD_OWNERS, referrals.HOLD_MOVES, "held", {"arrived", "released", "expired"},
    ),
    "rides": (
        referrals.RIDE_STATUSES, referrals.RIDE_OWNERS, referrals.RIDE_MOVES, "asked", {"arrived", "called_off", "no_ride"},
    ),
}  # fmt: skip
# What comes next, where nobody's turn is not the end of it for the person.
NEXT = {"referrals": referrals.NEXT, "holds": referrals.HOLD_NEXT, "rides": referrals.RIDE_NEXT}
OWNERS = {"team", "coordinator", "partner", "counsel", "approver", "nobody"}


@pytest.mark.parametrize("table", TABLES)
def test_every_status_has_an_owner_and_its_moves(table):
    """Prevents a case that nobody has to look at."""
    statuses, owners, moves, _, _ = TABLES[table]
    assert set(owners) == set(statuses) == set(moves)
    assert set(owners.values()) <= OWNERS


@pytest.mark.parametrize("table", TABLES)
def test_every_status_has_a_way_out_or_is_final(table):
    """Prevents a dead end."""
    statuses, owners, moves, _, final = TABLES[table]
    assert {status for status in statuses if not moves[status]} == final
    assert all(owners[status] == "nobody" for status in final)


@pytest.mark.parametrize("table", TABLES)
def test_whoever_has_the_turn_can_come_to_an_end(table):
    """Prevents a circle in which somebody's turn never ends."""
    statuses, owners, moves, _, _ = TABLES[table]
    ends = {status for status in statuses if owners[status] == "nobody"}
    for _ in statuses:
        ends |= {status for status in statuses if moves[status] & ends}
    assert ends == set(statuses)


@pytest.mark.parametrize("table", NEXT)
def test_what_is_nobodys_turn_says_what_comes_next_for_the_person(table):
    """Prevents a “no” after which nothing happens."""
    statuses, owners, _, _, _ = TABLES[table]
    assert set(NEXT[table]) == {status for status in statuses if owners[status] == "nobody"}
    assert all(NEXT[table].values())


@pytest.mark.parametrize("table", TABLES)
def test_every_status_can_be_reached(table):
    """Prevents a status that only a fault can produce."""
    statuses, _, moves, start, _ = TABLES[table]
    seen, edge = {start}, [start]
    while edge:
        found = moves[edge.pop()] - seen
        seen |= found
        edge += found
    assert seen == set(statuses)


@pytest.mark.parametrize("table", TABLES)
def test_moves_lead_to_statuses_that_exist(table):
    statuses, _, moves, _, _ = TABLES[table]
    assert set().union(*moves.values()) <= set(statuses)


@pytest.mark.parametrize(
    "table",
    [cases.STATUSES, cases.OUTCOMES, cases.REASONS, cases.FOLLOW_UP_REASONS, incidents.STATES, incidents.KINDS,
     incidents.FACTS, referrals.STATUSES, referrals.HANDOFFS, referrals.STAGES, referrals.BARRIERS, referrals.HELPED,
     referrals.HOLD_STATUSES, referrals.MEANS, referrals.RIDE_STATUSES, referrals.ANSWERED_HOW,
     legal.STATUSES, legal.KINDS, legal.ASKERS, legal.STATUTES,
     legal.FINDINGS, legal.NOTICES],
)  # fmt: skip
def test_every_code_has_words(table):
    """Prevents a screen that shows a code."""
    assert all(words.strip() for words in table.values())


def test_every_reason_of_the_order_has_its_hours_and_every_fact_is_a_reason():
    """Prevents a fact that is asked at the door and then ignored."""
    assert set(cases.LEAD_HOURS) == set(cases.REASONS)
    assert set(incidents.FACTS) <= set(cases.REASONS)
