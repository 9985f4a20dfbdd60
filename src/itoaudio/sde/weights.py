"""Weights of multistep methods: the polynomial through past values, integrated against a kernel's moments."""

from collections.abc import Sequence
from math import exp, expm1


def polynomial_weights(offsets: Sequence[float], moments: Sequence[float]) -> list[float]:
    """Weights w with sum_k w_k offset_k^j = moment_j for j < len(offsets) <= 4, by Lagrange's basis.

    The k-th basis polynomial is prod_{i != k} (c - offset_i)/(offset_k - offset_i); w_k is its moment.
    """
    weights = []
    for k, node in enumerate(offsets):
        basis = [1.0]
        for i, other in enumerate(offsets):
            if i != k:
                raised, lowered = [0.0, *basis], [*(-other * b for b in basis), 0.0]
                basis = [(r + b) / (node - other) for r, b in zip(raised, lowered, strict=True)]
        weights.append(sum(b * moment for b, moment in zip(basis, moments, strict=True)))
    return weights


def exponential_moments(h: float, p: float, count: int) -> list[float]:
    """Integrals of p e^(-p(h - c)) c^j over 0 <= c <= h for j < count <= 4."""
    if abs(p * h) < 0.05:  # the recursion below loses digits to cancellation; its series does not
        return [_series(h, p, j) for j in range(count)]
    moments = [-expm1(-p * h)]
    for j in range(1, count):
        moments.append(h**j - j / p * moments[-1])
    return moments


def _series(h: float, p: float, j: int) -> float:
    # e^(-ph) p h^(j+1) sum_k (ph)^k/(k! (k + j + 1))
    term, total = 1.0, 0.0
    for k in range(12):
        total += term / (k + j + 1)
        term *= p * h / (k + 1)
    return exp(-p * h) * p * h ** (j + 1) * total
