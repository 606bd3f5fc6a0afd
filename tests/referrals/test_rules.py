"""How a referral moves, and when somebody is expected to leave."""

from datetime import date, timedelta
from itertools import product

import pytest

from alongside.referrals.rules import MOVES, PARTNER_MAY, STATUSES, STAYS, exit_on, may_move
from alongside.services.rules import NEEDS


@pytest.mark.parametrize(("status", "to"), list(product([*STATUSES, "unknown"], repeat=2)))
def test_a_referral_moves_as_the_table_says(status, to):
    for is_partner in (False, True):
        decision = may_move(status, to, is_partner=is_partner)
        allowed = to in MOVES.get(status, ()) and (not is_partner or to in PARTNER_MAY)
        assert bool(decision) is allowed
        assert decision or decision.reason.endswith(".")


def test_the_ten_statuses_are_those_of_the_standard():
    assert set(STATUSES) == {
        "draft", "requested", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed", "completed",
        "entered-in-error",
    }  # fmt: skip


def test_a_partner_neither_calls_off_nor_undoes():
    assert not PARTNER_MAY & {"cancelled", "entered-in-error", "draft", "requested"}


def test_leaving_a_stay_is_expected_on_a_day():
    start = date(2026, 1, 15)
    assert set(STAYS) <= set(NEEDS)
    assert exit_on("detox", start, None) == start + timedelta(days=STAYS["detox"])
    assert exit_on("detox", start, date(2026, 1, 18)) == date(2026, 1, 18)
    assert exit_on("shelter_tonight", start, date(2026, 1, 18)) is None
