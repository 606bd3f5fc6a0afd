"""An interrupted time series: by what factor the months since differ, had everything else gone on as before.

A quasi-Poisson regression with a level, a trend, a season and another level since (Bernal and others 2017,
doi 10.1093/ije/dyw098). With a comparison it is a quasi-binomial regression of the share, so that whatever happened to both
cancels out. What makes the usual intervals too short is paid for: more scatter than chance brings (Pearson's dispersion, never
under 1), months that resemble those before (the long-run variance over eight months of Newey and West 1987,
doi 10.2307/1913610, never under that of a first-order likeness), and so fewer independent months (Student's t).
"""

from __future__ import annotations

import warnings
from datetime import date
from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alongside.common.decision import Refused
from alongside.evaluation.rules import Effect, Series

Floats = NDArray[np.float64]
MONTHS_ALIKE = 8
MOST_ALIKE = 0.9
FEWEST_FREE = 4.0
SPARSE = 1e-6
HUNDREDFOLD = log(100)
"""What is found beyond it, or with a range that is longer, is no change of a level: a few months are unlike all others."""
TOO_UNEVEN = "Too uneven to tell: a few months are so unlike the others that no range can be found."


def effect_of(series: Series, start: date) -> Effect:
    """The change of level since a start, as a factor with its 95 % range. The caller has asked `may_judge`.

    Raises `Refused` where the months are too uneven for a regression or for a range that says anything.
    """
    from scipy.stats import t  # noqa: PLC0415  # some 100 MB that only this page needs

    columns = columns_of(len(series.counts), series.place_of(start))
    model = regression(series, columns)
    months, terms = columns.shape
    longer = lengthening(np.asarray(model.resid_pearson), terms)
    scatter = max(float(model.pearson_chi2) / (months - terms), 1)
    covariance, found = np.asarray(model.cov_params()) * scatter * longer, np.asarray(model.params)
    many = float(t.ppf(0.975, max(months / longer - terms, FEWEST_FREE)))
    change, reach = float(found[-1]), many * sqrt(float(covariance[-1, -1]))
    without = columns * (np.arange(terms) < terms - 1)
    base = np.log(series.comparison or series.days) + without @ found
    reaches = many * np.sqrt(np.einsum("ij,jk,ik->i", without, covariance, without))
    with np.errstate(over="ignore"):
        ranges = np.exp(np.column_stack([base, base - reaches, base + reaches]))
    if not (max(abs(change), reach) < HUNDREDFOLD and np.isfinite(ranges).all()):
        raise Refused(TOO_UNEVEN)
    return Effect(
        exp(change), exp(change - reach), exp(change + reach), exp(-reach),
        tuple((float(middle), float(low), float(high)) for middle, low, high in ranges),
    )  # fmt: skip


def columns_of(months: int, place: int) -> Floats:
    """One row for each month: level, trend by year, season, and whether it is one of those since the start."""
    time = np.arange(months, dtype=float)
    turn = 2 * np.pi * time / 12
    return np.column_stack([np.ones(months), (time - place) / 12, np.sin(turn), np.cos(turn), time >= place])


def regression(series: Series, columns: Floats) -> Any:  # statsmodels has no types
    """The regression itself, by statsmodels: of the counts by day, or of the share where there is a comparison.

    Raises `Refused` where it finds no end.
    """
    from statsmodels.genmod.families import Binomial, Poisson  # noqa: PLC0415  # some 100 MB that only this page needs
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415

    if series.comparison:
        model = GLM(np.column_stack([series.counts, series.comparison]), columns, family=Binomial())
    else:
        model = GLM(np.array(series.counts, float), columns, family=Poisson(), offset=np.log(series.days))
    with warnings.catch_warnings():
        # The same number each month is a strange table, and no fault: the scatter stays that of chance. Where numbers grow
        # beyond all bounds on the way, there is no end, and that is said.
        warnings.simplefilter("ignore")
        try:
            found = model.fit()
        except ValueError:
            raise Refused(TOO_UNEVEN) from None
    if not found.converged:
        raise Refused(TOO_UNEVEN)
    return found


def lengthening(residuals: Floats, terms: int) -> float:
    """By what factor the variance grows because a month resembles those before it; never under 1.

    A regression makes its residuals less alike than the months were, by about (1 + terms) / months; that is given back.
    """
    squares = float(residuals @ residuals)
    if squares <= SPARSE:
        return 1.0
    lags = range(1, MONTHS_ALIKE + 1)
    alike = [float(residuals[lag:] @ residuals[:-lag]) / squares + (1 + terms) / len(residuals) for lag in lags]
    first = min(max(alike[0], 0), MOST_ALIKE)
    long_run = 1 + 2 * sum((1 - lag / (MONTHS_ALIKE + 1)) * likeness for lag, likeness in zip(lags, alike, strict=True))
    return max(long_run, (1 + first) / (1 - first))
