"""A reader of all that was ever printed learns no count of 1 to 10. REPORT_TABLES asks for a longer run."""

import os
import random

import pytest

from alongside.suppression.protecting import protect
from alongside.suppression.rules import Kin, count, hidden_by_change, may_show
from tests.suppression.reader import Cube, derivable, ranges

TABLES = int(os.environ.get("REPORT_TABLES", "32"))

KNOWN_ONCE = (27, 33, 54, 69)  # seeds at which a small number could be worked out once


def kin_of(cube):
    return Kin(domains={name: values for name, values in cube.domains.items() if name != "month"})


@pytest.mark.parametrize("part", range(4))
@pytest.mark.covers("R65")
def test_no_table_gives_a_small_count_away(part):
    for seed in range(part, TABLES, 4):
        chance = random.Random(seed)
        cube = Cube(chance, 1, chance.randint(1, 5), chance.randint(1, 4))
        table = cube.table(cube.domains["month"], "town", "outcome")
        shown = protect(table, kin=kin_of(cube)).counts
        assert all(seen.value in (None, true.value) for seen, true in zip(shown, table, strict=True))
        assert all(seen.value is None or may_show(seen.value) for seen in shown)
        assert derivable(cube, shown) == 0, f"seed {seed}"


@pytest.mark.parametrize("part", range(4))
@pytest.mark.covers("R65", "R66")
def test_no_later_release_gives_an_earlier_one_away(part):
    """Months, the quarter, one town alone, tables that overlap: each printed by itself, read together."""
    for seed in range(part, max(4, TABLES // 8), 4):
        chance = random.Random(1000 + seed)
        cube = Cube(chance, 3, chance.randint(2, 3), chance.randint(1, 3))
        months = cube.domains["month"]
        editions = [
            cube.table(months[:1], "town"), cube.table(months[1:2], "town"), cube.table(months[:1], "outcome"),
            cube.table(months, "outcome"), cube.table(months[2:], "town", "outcome"),
            [cube.count(month=months[:2], town=cube.domains["town"][0])],
        ]  # fmt: skip
        chance.shuffle(editions)
        ledger = {}
        for edition in editions:
            shown = protect(edition, ledger.values(), kin_of(cube))
            assert shown.given_away == 0
            ledger |= {one.key: one for one in shown.counts}
            assert derivable(cube, ledger.values()) == 0, f"seed {1000 + seed}"


@pytest.mark.parametrize("part", range(4))
@pytest.mark.covers("R65", "R66")
def test_months_their_halves_and_the_whole_in_any_order_give_nothing_away(part):
    """Few of everything, so that zeros have to be withheld here and there: what that says is read alike by both readers."""
    for seed in (*KNOWN_ONCE[part::4], *range(part, TABLES // 2, 4)):
        chance = random.Random(seed)
        cube = Cube(chance, 4, chance.randint(1, 3), chance.randint(1, 2))
        cube.cells = {place: chance.choice((0, 0, chance.randint(1, 12), chance.randint(0, 60))) for place in cube.places}
        months = cube.domains["month"]
        dims = chance.choice(((), ("town",), ("outcome",), ("town", "outcome")))
        editions = [cube.table(some, *dims) for some in (*([one] for one in months), months[:2], months[2:], months)]
        chance.shuffle(editions)
        ledger, told = {}, 0
        for edition in editions:
            shown = protect(edition, ledger.values(), kin_of(cube))
            told += shown.given_away
            zeros = {one.key for one in edition if not one.value}
            assert shown.zeros_withheld or all(one.value == 0 for one in shown.counts if one.key in zeros)
            ledger |= {one.key: one for one in shown.counts}
        assert (told, derivable(cube, ledger.values())) == (0, 0), f"seed {seed}"


def test_a_small_quarter_printed_first_leaves_its_months_hidden_well():
    """Eleven in the quarter: were each hidden month at least one, each would be known to be under eleven."""
    cube = Cube(random.Random(0), 3, 1, 1)
    cube.cells = dict(zip(cube.places, (3, 4, 4), strict=True))
    ledger = {}
    for months in (cube.domains["month"], *([one] for one in cube.domains["month"])):
        shown = protect([cube.count(month=months)], ledger.values())
        assert shown.given_away == 0
        ledger |= {one.key: one for one in shown.counts}
    assert [(one.value, one.least) for one in ledger.values()] == [(11, 1), (None, 0), (None, 0), (None, 0)]
    assert derivable(cube, ledger.values()) == 0


def test_a_release_withholds_all_its_zeros_or_none_and_prints_those_known_anyhow():
    earlier = [count("n", 11, month=Q2), count("m", 0, month=Q2)]
    new = [count("n", 3, month="04"), count("k", 0, month="04"), count("m", 0, month="04"), count("j", 20, month="04")]
    shown = protect(new, earlier)
    assert (values(shown), shown.zeros_withheld, shown.beside) == ([None, None, 0, 20], True, 1)
    assert not any(one.least for one in shown.counts if one.value is None)


@pytest.mark.covers("R65")
def test_the_reader_of_the_test_does_break_what_hides_small_counts_alone():
    broken = 0
    for seed in range(20):
        chance = random.Random(seed)
        cube = Cube(chance, 1, 4, 3)
        table = cube.table(cube.domains["month"], "town", "outcome")
        alone = [count(one.of, one.value if may_show(one.value) else None, **dict(one.where)) for one in table]
        broken += derivable(cube, alone)
    assert broken > 20


def test_every_hidden_number_keeps_eleven_values_the_large_ones_too():
    cube = Cube(random.Random(5), 1, 4, 3)
    shown = protect(cube.table(cube.domains["month"], "town", "outcome"), kin=kin_of(cube)).counts
    assert sum(one.value is None for one in shown) > 2
    assert all(high - low >= 10 - 1e-6 for low, high, _truth in ranges(cube, shown))


def values(shielded):
    return [one.value for one in shielded.counts]


Q2 = ("04", "05", "06")
BEFORE = [count("n", 40, month="04"), count("n", 30, month="05")]


@pytest.mark.parametrize(
    ("new", "earlier", "shown"),
    [
        ([count("n", 75, month=Q2)], BEFORE, [None]),  # five in June
        ([count("n", 90, month=Q2)], BEFORE, [90]),
        ([count("n", 70, month=Q2)], BEFORE, [70]),  # nobody in June: a zero may be known
        ([count("n", 5, month="06")], [*BEFORE, count("n", 75, month=Q2)], [None]),  # given away before; not printed all the same
        ([count("n", 14, month="04", town="East")], BEFORE, [14]),
        ([count("n", 34, month="04", town="East")], BEFORE, [None]),  # six in all other towns
        ([count("n", 38, month="04")], BEFORE, [40]),  # what was printed stays until it is corrected
    ],
)
def test_a_release_is_read_with_what_was_printed_before(new, earlier, shown):
    assert values(protect(new, earlier)) == shown


def test_what_earlier_releases_tell_by_themselves_is_said_and_hides_nothing():
    shielded = protect([count("n", 50, month="07")], [*BEFORE, count("n", 75, month=Q2)])
    assert (values(shielded), shielded.given_away) == ([50], 1)


NESTED = Kin(parts={"tried": ("cases",), "reached": ("tried",)}, inside={"people 05": ("people Q2",)})


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ({"cases": 40, "tried": 38, "reached": 0}, [40, None, 0]),  # two were not tried
        ({"cases": 40, "tried": 40, "reached": 20}, [40, 40, 20]),
        ({"cases": 40, "tried": 20, "reached": 9}, [40, 20, None]),
        ({"people Q2": 44, "people 05": 40}, [44, None]),  # four came in April and June alone
    ],
)
def test_the_difference_of_two_nested_counts_is_a_count_too(numbers, shown):
    assert values(protect([count(of, value, month="05") for of, value in numbers.items()], kin=NESTED)) == shown


def test_what_covers_a_total_tells_of_its_parts():
    kin = Kin(parts={"need bed": ("need",), "need ride": ("need",)}, covers={"need": ("need bed", "need ride")})
    shown = protect([count("need", 42, m="1"), count("need bed", 3, m="1"), count("need ride", 39, m="1")], kin=kin)
    assert shown.value(("need bed", (("m", ("1",)),))) is None
    assert shown.beside == 1


def test_a_correction_hides_what_changed_by_a_few():
    old = {one.key: one for one in [count("n", 40, month="04"), count("n", 30, month="05"), count("n", None, month="06")]}
    new = [count("n", 42, month="04"), count("n", 45, month="05"), count("n", 20, month="06"), count("n", 15, month="07")]
    assert {dict(where)["month"] for _of, where in hidden_by_change(new, old)} == {("04",), ("06",)}


@pytest.mark.parametrize("counts", [[count("n", None, m="1")], [count("n", 3, m="1"), count("n", 3, m="1")]])
def test_a_new_count_has_its_number_and_stands_once(counts):
    with pytest.raises(ValueError, match="stands in a release once"):
        protect(counts)
