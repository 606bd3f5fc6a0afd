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
}  # fmt: skip
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
     incidents.FACTS, referrals.STATUSES, referrals.HANDOFFS, legal.STATUSES, legal.KINDS, legal.ASKERS, legal.STATUTES,
     legal.FINDINGS, legal.NOTICES],
)  # fmt: skip
def test_every_code_has_words(table):
    """Prevents a screen that shows a code."""
    assert all(words.strip() for words in table.values())


def test_every_reason_of_the_order_has_its_hours_and_every_fact_is_a_reason():
    """Prevents a fact that is asked at the door and then ignored."""
    assert set(cases.LEAD_HOURS) == set(cases.REASONS)
    assert set(incidents.FACTS) <= set(cases.REASONS)
