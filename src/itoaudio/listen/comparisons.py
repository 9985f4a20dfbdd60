"""Is a difference more than chance? Paired tests over raters and over items, and Holm's correction.

    t1 over raters' differences, t2 over items' differences
    min F' = t1^2 t2^2 / (t1^2 + t2^2), degrees 1 and (t1^2 + t2^2)^2 / (t1^4 / n2 + t2^4 / n1)   (Clark 1973)

min F' asks whether the difference holds for other raters and for other sentences at once; its standard error
is the root of both variances' sum; n1 and n2 are degrees of freedom. Beside it stands a test without normal
errors, of Wilcoxon over raters (for AB the exact binomial over answers), and the larger of both p counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, wilcoxon
from scipy.stats import t as student


@dataclass(frozen=True)
class Difference:
    """A mean difference, its interval, and the p of both tests."""

    mean: float
    low: float
    high: float
    p_min_f: float
    p_free: float  # Wilcoxon's, or the binomial's

    @property
    def p(self) -> float:
        """The larger of both."""
        return max(self.p_min_f, self.p_free)


def compare(by_rater: np.ndarray, by_item: np.ndarray, *, p_free: float | None = None) -> Difference:
    """Whether differences are 0 on average, from their means by rater (R,) and by item (I,).

    `p_free` replaces Wilcoxon's test over raters. Fewer than two raters or items prove nothing: p = 1.
    """
    free = signed_rank(by_rater) if p_free is None else p_free
    mean = float(by_rater.mean())
    if min(len(by_rater), len(by_item)) < 2:
        return Difference(mean, np.nan, np.nan, 1.0, free)
    variances = np.array([part.var(ddof=1) / len(part) for part in (by_rater, by_item)])
    total = variances.sum()
    if total == 0:
        # All raters and all items agree to the last digit: only the other test has something to say.
        return Difference(mean, mean, mean, 1.0 if mean == 0 else 0.0, free)
    means = np.array([by_rater.mean(), by_item.mean()])
    # 1 / F' = 1 / F1 + 1 / F2, so a mean of 0 in either gives 0; Satterthwaite's degrees are Clark's.
    with np.errstate(divide="ignore"):
        inverse = (variances / np.square(means)).sum()
    degrees = total**2 / (variances**2 / [len(by_rater) - 1, len(by_item) - 1]).sum()
    p = 2 * float(student.sf(np.sqrt(1 / inverse), degrees)) if means[0] * means[1] > 0 else 1.0
    half = float(np.sqrt(total) * student.ppf(0.975, degrees))
    return Difference(mean, mean - half, mean + half, p, free)


def signed_rank(differences: np.ndarray) -> float:
    """Two-sided p of Wilcoxon's signed-rank test; 1 when all differences are 0."""
    moved = differences[differences != 0]
    return float(wilcoxon(moved).pvalue) if len(moved) else 1.0


def binomial(first: int, second: int) -> float:
    """Two-sided exact p that both are chosen equally often; ties are not counted."""
    return float(binomtest(first, first + second).pvalue) if first + second else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p of Holm (1979): the k-th smallest times (m - k + 1), never below the one before."""
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return [float(p) for p in adjusted]
