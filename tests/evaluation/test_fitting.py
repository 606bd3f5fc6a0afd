"""A change that is there is found, one that is not is not claimed, and the ranges are as long as they must be."""

from datetime import date

import numpy as np
import pytest
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from alongside.common.decision import Refused
from alongside.evaluation.drawing import months_of, range_of
from alongside.evaluation.fitting import columns_of, effect_of, lengthening
from alongside.evaluation.rules import Series, may_judge
from alongside.evaluation.words import difference, paragraph, title_of
from tests.evaluation.made import FIRST, made

START = date(2022, 1, 1)


@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "fewer"), (2.0, "more"), (0.97, "unclear")])
def test_a_change_that_was_put_in(factor, verdict):
    effect = effect_of(made(factor=factor), START)
    assert effect.low < factor < effect.high
    assert effect.verdict == verdict
    assert effect.low < effect.factor < effect.high


def test_the_factor_is_that_of_the_plain_regression_and_the_range_is_never_shorter():
    series = made(factor=0.8)
    model = GLM(
        np.array(series.counts, float), columns_of(60, 36), family=Poisson(), offset=np.log(series.days)
    ).fit()  # fmt: skip
    effect = effect_of(series, START)
    assert np.log(effect.factor) == pytest.approx(model.params[-1], rel=1e-6)
    assert np.log(effect.high / effect.low) >= 2 * 1.96 * model.bse[-1]


def test_what_happened_to_both_cancels_out():
    chance = np.random.default_rng(8)
    wave = np.exp(np.where(np.arange(60) >= 36, np.log(1.8), 0) + 0.3 * np.sin(np.arange(60) / 5))
    own, rest = chance.poisson(30 * wave), chance.poisson(300 * wave)
    alone = Series(FIRST, tuple(int(one) for one in own))
    beside = Series(FIRST, alone.counts, tuple(int(one) for one in rest))
    assert effect_of(alone, START).factor > 1.5
    assert effect_of(beside, START).verdict == "unclear"
    assert effect_of(beside, START).factor == pytest.approx(1, abs=0.2)


def test_months_that_resemble_each_other_make_the_range_longer():
    chance = np.random.default_rng(2)
    assert lengthening(chance.normal(size=60), 5) < lengthening(np.cumsum(chance.normal(size=60)), 5)
    assert lengthening(np.tile([1.0, -1.0], 30), 5) == 1.0
    assert lengthening(np.zeros(60), 5) == 1.0


@pytest.mark.parametrize(
    "series",
    [
        Series(FIRST, (1,) * 60),
        Series(FIRST, (3,) * 36 + (0,) * 20 + (0, 0, 0, 11)),
    ],
)
def test_strange_months_give_a_range_and_no_error(series):
    assert may_judge(series, START)
    effect = effect_of(series, START)
    assert effect.low <= effect.factor <= effect.high
    assert np.isfinite([effect.low, effect.high]).all()
    assert paragraph(effect, compared=bool(series.comparison), own=False)
    drawn, drawing = range_of(effect), months_of(series, effect, START)
    assert 0 <= drawn.low <= drawn.x <= drawn.low + drawn.width + 0.1 <= 100.2
    assert all(0 <= month.y <= 100 for month in drawing.months)
    assert "nan" not in drawing.line + drawing.band


@pytest.mark.parametrize(
    "series",
    [
        Series(FIRST, (0,) * 35 + (30,) + (0,) * 23 + (11,)),
        Series(FIRST, (9_000_000,) * 60, (1,) * 60),
        Series(FIRST, (0, 60) * 30, (1_000, 1) * 30),
        Series(FIRST, (0,) * 4 + (10_000_000,) + (0,) * 54 + (11,)),
        Series(FIRST, tuple(int(min(10_000_000, 1.4**place)) for place in range(60)), (1,) * 60),
        Series(FIRST, (0, 0, 1, 0, 1, 1, 0, 10**6, 2, 0, 1, 0, 1, 1, 0, 2, 0, 2, 10**6, *(1, 2) * 8, 1, *(0, 2) * 12)),
    ],
)
def test_months_that_are_too_uneven_are_refused_in_a_sentence(series):
    """Such a table once broke the page for everybody, and nobody could take it away any more."""
    assert may_judge(series, START)
    with pytest.raises(Refused, match="Too uneven to tell"):
        effect_of(series, START)


def test_the_share_of_quiet_series_in_which_something_is_claimed_is_small():
    """Sixty series in which nothing happens but noise that lasts: at 5 % three are expected, and ten would be very many."""
    chance, claimed = np.random.default_rng(1), 0
    for _ in range(60):
        noise = np.zeros(60)
        for month in range(1, 60):
            noise[month] = 0.4 * noise[month - 1] + 0.18 * chance.normal()
        counts = chance.poisson(25 * np.exp(noise))
        claimed += effect_of(Series(FIRST, tuple(int(one) for one in counts)), START).verdict != "unclear"
    assert claimed < 10


@pytest.mark.parametrize(
    ("factor", "words"),
    [(0.5, "50 % fewer"), (1.18, "18 % more"), (1.004, "as many"), (2.26, "2.3 times as many"), (0.004, "100 % fewer")],
)
def test_factors_in_words(factor, words):
    assert difference(factor) == words


def test_the_paragraph_claims_no_more_than_the_numbers_do():
    unclear, fewer, more = (effect_of(made(factor=one), START) for one in (0.97, 0.5, 2.0))
    assert title_of(unclear) == "Too little to tell"
    assert "could have been told from chance" in paragraph(unclear, compared=False, own=True)[-1]
    for effect in (fewer, more):
        assert "does not show that outreach was the reason" in paragraph(effect, compared=False, own=True)[-1]
    assert any("hears of more" in one for one in paragraph(more, compared=False, own=True))
    assert not any("hears of more" in one for one in paragraph(more, compared=False, own=False))
    assert "the comparison" in paragraph(fewer, compared=True, own=False)[0]
