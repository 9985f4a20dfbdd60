"""Intervals and tests: bootstrap over items (Efron 1979), paired sign-flip permutation, Holm (1979).

A figure is a weighted mean over items; several noise seeds of one item are averaged first, for they are not
independent of each other.
"""

from itertools import product

import msgspec
import numpy as np

RESAMPLES = 2000
FLIPS = 10000
EXACT_UP_TO = 13
CHUNK = 500


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its 95 % interval over `n` items; seed_std: its spread from noise seed to noise seed."""

    mean: float
    low: float
    high: float
    n: int
    seed_std: float | None = None


def cell(values: np.ndarray, weights: np.ndarray) -> Cell | None:
    """Of values (items, seeds), nan where there is none, and weights (items,). None if there is no value."""
    known = ~np.isnan(values).all(axis=1)
    if not known.any():
        return None
    values, weights = values[known], weights[known]
    items = np.nanmean(values, axis=1)
    low, high = interval(items, weights)
    seeds = [
        np.average(c[~np.isnan(c)], weights=weights[~np.isnan(c)]) for c in values.T if not np.isnan(c).all()
    ]
    return Cell(
        mean=float(np.average(items, weights=weights)),
        low=low,
        high=high,
        n=len(items),
        seed_std=float(np.std(seeds, ddof=1)) if len(seeds) > 1 else None,
    )


def interval(items: np.ndarray, weights: np.ndarray, *, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap of the weighted mean, 2000 resamples of the items."""
    chosen = np.random.default_rng(seed).integers(0, len(items), (RESAMPLES, len(items)))
    means = (items * weights)[chosen].sum(axis=1) / weights[chosen].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_p(first: np.ndarray, second: np.ndarray, weights: np.ndarray, *, seed: int = 0) -> float:
    """Two-sided p of `first` and `second` having one mean by `weights`, (items,) each: signs of the
    differences are flipped, every way up to 13 items, else 10,000 random ways. 1 if there is no item."""
    differences = weights * (first - second)
    if len(differences) == 0:
        return 1.0
    seen = abs(differences.sum()) * (1 - 1e-12)
    if len(differences) <= EXACT_UP_TO:
        signs = np.array(list(product((-1, 1), repeat=len(differences))))
        return float((np.abs(signs @ differences) >= seen).mean())
    rng = np.random.default_rng(seed)
    more = 0
    for _ in range(FLIPS // CHUNK):
        signs = rng.choice((-1.0, 1.0), (CHUNK, len(differences)))
        more += int((np.abs(signs @ differences) >= seen).sum())
    return (1 + more) / (1 + FLIPS)


def holm(p_values: list[float]) -> list[float]:
    """Holm's step-down correction: p values that may be compared with 0.05 as if each stood alone."""
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected
