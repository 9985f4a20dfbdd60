"""Mean and 95 % interval when raters and items are both samples: crossed random effects, by moments.

    y = m + rater + item + rest        three variances, from three sums of squares (Gao and Owen 2017):
    within raters   E = (V_item + V_rest) (N - R)
    within items    E = (V_rater + V_rest) (N - I)
    of all pairs    E = V_rater (N^2 - sum N_r^2) + V_item (N^2 - sum N_i^2) + V_rest (N^2 - N)

    Var(mean) = V_rater sum N_r^2 / N^2 + V_item sum N_i^2 / N^2 + V_rest / N

N answers by R raters to I items, N_r and N_i of each. The interval is Student's, with degrees of freedom by
Satterthwaite. It speaks of other raters and other sentences, so it is wider than one that takes every answer
for independent.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls
from scipy.stats import t as student

_MOST_RATERS = 10_000


@dataclass(frozen=True)
class Components:
    """Variances of single answers: between raters, between items, and the rest."""

    rater: float
    item: float
    rest: float


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval. With fewer than two answers the interval is NaN."""

    mean: float
    low: float
    high: float
    standard_error: float
    answers: int
    components: Components


def components(values: np.ndarray, raters: np.ndarray, items: np.ndarray) -> Components:
    """The three variances, none below 0, of values (N,) with group labels (N,). All 0 for one answer.

    Where groups do not tell effects apart (each rater heard one item), their sum is right, its parts are not.
    """
    count = len(values)
    per_rater, per_item = _counts(raters), _counts(items)
    rows = np.array(
        [
            [0, count - len(per_rater), count - len(per_rater)],
            [count - len(per_item), 0, count - len(per_item)],
            [count**2 - (per_rater**2).sum(), count**2 - (per_item**2).sum(), count**2 - count],
        ],
        np.float64,
    )
    sums = np.array(
        [_within(values, raters), _within(values, items), count * np.square(values - values.mean()).sum()]
    )
    # Each equation by its own size: the third is quadratic in N.
    size = rows.max(axis=1)
    known = size > 0
    if not known.any():
        return Components(0.0, 0.0, 0.0)
    found, _ = nnls(rows[known] / size[known, None], sums[known] / size[known])
    return Components(*map(float, found))


def mean_interval(
    values: np.ndarray, raters: np.ndarray, items: np.ndarray, *, confidence: float = 0.95
) -> Estimate:
    """Mean of values (N,) and its interval, over raters and items, given as labels (N,)."""
    parts = components(values, raters, items)
    count, mean = len(values), float(values.mean())
    per_rater, per_item = _counts(raters), _counts(items)
    shares = np.array(
        [
            parts.rater * (per_rater**2).sum() / count**2,
            parts.item * (per_item**2).sum() / count**2,
            parts.rest / count,
        ]
    )
    error = float(np.sqrt(shares.sum()))
    if count < 2:
        return Estimate(mean, np.nan, np.nan, np.nan, count, parts)
    degrees = np.array([len(per_rater) - 1, len(per_item) - 1, count - len(per_rater) - len(per_item) + 1])
    half = error * float(student.ppf((1 + confidence) / 2, _satterthwaite(shares, degrees)))
    return Estimate(mean, mean - half, mean + half, error, count, parts)


def raters_needed(
    parts: Components, *, half_width: float, items: int, per_rater: float, confidence: float = 0.95
) -> int | None:
    """Raters until the interval's half is `half_width`, each giving `per_rater` answers to one system.

    None when no number is enough, because the interval over `items` sentences alone is wider.
    """
    raters = np.arange(2, _MOST_RATERS)
    variance = parts.rater / raters + parts.item / items + parts.rest / (raters * per_rater)
    enough = student.ppf((1 + confidence) / 2, raters - 1) * np.sqrt(variance) <= half_width
    return int(raters[np.argmax(enough)]) if enough.any() else None


def _satterthwaite(shares: np.ndarray, degrees: np.ndarray) -> float:
    used = shares > 0
    if not used.any():
        return 1.0
    return float(max(1.0, shares.sum() ** 2 / (shares[used] ** 2 / np.maximum(degrees[used], 1)).sum()))


def _counts(groups: np.ndarray) -> np.ndarray:
    return np.unique(groups, return_counts=True)[1].astype(np.float64)


def _within(values: np.ndarray, groups: np.ndarray) -> float:
    """Sum of squares around the groups' means."""
    _, place = np.unique(groups, return_inverse=True)
    means = np.bincount(place, values) / np.bincount(place)
    return float(np.square(values - means[place]).sum())
