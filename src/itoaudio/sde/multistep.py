"""Multistep predictors: one network call a step, and a polynomial through the last `order` predictions.

In a clock c(t), state and prediction obey x_s = kept x_t + integral of K(c) q(c) dc, with q slowly varying.
The polynomial through q at the nodes turns the integral into weights (Adams and Bashforth 1883). With
`corrected`, the state is first moved to what the polynomial that also goes through the newest prediction
would have given: UniPC's corrector (Zhao et al. 2023, algorithm 1), which costs no network call.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, expm1, inf, isfinite

import numpy as np

from .arrays import Array
from .instant import Instant
from .linear import LinearSDE
from .parametrisation import Denoiser, Prediction
from .paths import Straight
from .predictors import Draw, Predictor

_LEGENDRE_NODES, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(20)
UNIT_NODES, UNIT_WEIGHTS = 0.5 * (_LEGENDRE_NODES + 1), 0.5 * _LEGENDRE_WEIGHTS


@dataclass(frozen=True)
class Multistep(Predictor):
    """order: predictions in the polynomial, 1 to 3; the first steps use those there are."""

    order: int = 2
    corrected: bool = False

    def __post_init__(self) -> None:
        if self.order not in (1, 2, 3):
            raise ValueError(f"order = {self.order}: choose 1, 2 or 3")

    @property
    def memory(self) -> int:  # type: ignore[override]
        return self.order + self.corrected

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        past = history[-self.order :]
        nodes = [prediction.now for prediction in past]
        x = past[-1].x
        if self.corrected and len(history) > 1:
            x = x + self._correction(history)
        x = self.kept(nodes[-1], s) * x
        for weight, prediction in zip(self.weights(nodes, nodes[-1], s), past, strict=True):
            x = x + weight * self.value(prediction)
        spread = self.spread(nodes[-1], s)
        return x + spread * noise() if spread else x

    def _correction(self, history: Sequence[Prediction]) -> Array:
        nodes = [prediction.now for prediction in history]
        before, t = nodes[-2], nodes[-1]
        predicted = [*self.weights(nodes[:-1], before, t), 0.0]
        change = 0.0
        for new, old, prediction in zip(self.weights(nodes, before, t), predicted, history, strict=True):
            change = change + (new - old) * self.value(prediction)
        return change

    @abstractmethod
    def kept(self, t: Instant, s: Instant) -> float:
        """Factor on the state."""

    @abstractmethod
    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        """Weights of the values at `nodes` for the step from t to s."""

    @abstractmethod
    def value(self, prediction: Prediction) -> Array:
        """What varies slowly."""

    def spread(self, t: Instant, s: Instant) -> float:
        """Standard deviation of fresh noise."""
        return 0.0


@dataclass(frozen=True)
class Adams(Multistep):
    """y_s = y_t + integral of dy/dc: the probability flow in the time c of the family `along`.

    Along Straight y' is eps - x_0 (azula's vAB); along VPCosine v, which is 0 for Gaussian data of unit
    variance; along EDM eps (k-diffusion's LMS). Along Straight and VPCosine it starts exactly at the noise
    (alpha = 0).
    """

    along: LinearSDE = field(default_factory=Straight)

    def kept(self, t: Instant, s: Instant) -> float:
        return t.along(self.along).size / t.size * s.size / s.along(self.along).size

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        start, end = t.along(self.along), s.along(self.along)
        h = end.t - start.t
        offsets = [node.along(self.along).t - start.t for node in nodes]
        scale = s.size / end.size
        return polynomial_weights(offsets, [scale * h ** (j + 1) / (j + 1) for j in range(len(nodes))])

    def value(self, prediction: Prediction) -> Array:
        return prediction.mix(*prediction.now.along(self.along).rates)


@dataclass(frozen=True)
class DPMSolverPlusPlus(Multistep):
    """x_s = kept x + (alpha_s - kept alpha_t) x_0 + ..., in the clock lambda with q = x_0 and K = alpha_s p
    e^(-p(h-c)): Lu et al. 2022b (arXiv 2211.01095, eq. 8 and appendix), p = 1 + c^2 and kept =
    (sigma_s/sigma_t) e^(-c^2 h).

    stochasticity: c, the reverse SDE's (1: SDE-DPM-Solver++, and SEEDS' exact noise, arXiv 2305.14267). The
    integrals are exact; the authors' code halves the third-order term and takes e^-h's midpoint at second
    order. It starts exactly at the noise (alpha = 0) and ends at sigma = 0, with a first-order step where
    lambda is infinite.
    """

    stochasticity: float = 0.0

    def kept(self, t: Instant, s: Instant) -> float:
        ratio = s.sigma / t.sigma
        return ratio * (ratio * t.alpha / s.alpha) ** (self.stochasticity**2)

    def spread(self, t: Instant, s: Instant) -> float:
        if not self.stochasticity:
            return 0.0
        return s.sigma * (1 - (s.sigma * t.alpha / (t.sigma * s.alpha)) ** (2 * self.stochasticity**2)) ** 0.5

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        total = s.alpha - self.kept(t, s) * t.alpha
        offsets = [node.half_log_snr - t.half_log_snr for node in nodes]
        h = s.half_log_snr - t.half_log_snr
        if not isfinite(h):
            return [0.0] * (len(nodes) - 1) + [total]
        usable = [offset for offset in offsets if offset > -inf]
        moments = _exponential_moments(h, 1 + self.stochasticity**2, len(usable))
        weights = polynomial_weights(usable, [s.alpha * moment for moment in moments])
        return [0.0] * (len(nodes) - len(usable)) + weights

    def value(self, prediction: Prediction) -> Array:
        return prediction.denoised


@dataclass(frozen=True)
class DPMSolverPlusPlus2M(DPMSolverPlusPlus):
    """The published second order (Lu et al. 2022b, algorithm 2): all of K's mass at the middle of the step,
    q = (1 + 1/2r) x0_t - (1/2r) x0_prev with r = h_prev/h."""

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        total = s.alpha - self.kept(t, s) * t.alpha
        h = s.half_log_snr - t.half_log_snr
        if len(nodes) == 1 or not isfinite(h):
            return [0.0] * (len(nodes) - 1) + [total]
        slope = h / (2 * (t.half_log_snr - nodes[-2].half_log_snr))
        return [-slope * total, (1 + slope) * total]


@dataclass(frozen=True)
class ERSDE(Multistep):
    """Extended reverse-time SDE (Cui et al. 2023, arXiv 2309.06169, ER-SDE-Solver), in the clock rho =
    sigma/alpha: q = x_0 and K = alpha_s phi_s phi'/phi^2, with noise scale phi(rho) = rho (exp(rho^0.3) +
    10).

    phi = rho would be the probability flow, rho^2 the reverse SDE; this one, theirs, lies between.
    """

    def kept(self, t: Instant, s: Instant) -> float:
        return s.sigma / t.sigma * self._swell(s) / self._swell(t)

    def spread(self, t: Instant, s: Instant) -> float:
        return s.sigma * (1 - (self._swell(s) / self._swell(t)) ** 2) ** 0.5

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        total = s.alpha - self.kept(t, s) * t.alpha
        if not nodes[0].alpha or not s.sigma:
            return [0.0] * (len(nodes) - 1) + [total]
        start, end = t.sigma / t.alpha, s.sigma / s.alpha
        # By parts, the integral of K c^j is alpha_s (c_s^j + j phi_s int c^(j-1)/phi), with c = rho - rho_t.
        rho = end * (start / end) ** UNIT_NODES
        measure = UNIT_WEIGHTS * np.log(start / end) * self._swell(s) * end / (np.exp(rho**0.3) + 10)
        moments = [total] + [
            s.alpha * float((end - start) ** j + j * (measure * (rho - start) ** (j - 1)).sum())
            for j in range(1, len(nodes))
        ]
        return polynomial_weights([node.sigma / node.alpha - start for node in nodes], moments)

    def value(self, prediction: Prediction) -> Array:
        return prediction.denoised

    @staticmethod
    def _swell(t: Instant) -> float:
        """phi(rho)/rho; infinite, at last, towards pure noise."""
        power = (t.sigma / t.alpha) ** 0.3 if t.alpha else inf
        return exp(power) + 10 if power < 700 else inf


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


def _exponential_moments(h: float, p: float, count: int) -> list[float]:
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
