"""Exponential multistep predictors, in the clock lambda = log(alpha/sigma) or rho = sigma/alpha: the linear
part of the SDE is exact, and so is the noise; see `multistep` for the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite
from typing import final

import numpy as np

from .arrays import Array
from .instant import Instant
from .multistep import Multistep
from .parametrisation import Prediction
from .predictors import check_stochasticity
from .weights import exponential_moments, polynomial_weights

_LEGENDRE_NODES, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(20)
UNIT_NODES, UNIT_WEIGHTS = 0.5 * (_LEGENDRE_NODES + 1), 0.5 * _LEGENDRE_WEIGHTS


@dataclass(frozen=True)
class _DPMSolverPlusPlus(Multistep):
    """x_s = kept x + integral of K q, in the clock lambda with q = x_0 and K = alpha_s p e^(-p(h-c)), where
    p = 1 + c^2 and kept = (sigma_s/sigma_t) e^(-c^2 h): Lu et al. 2022b (arXiv 2211.01095, eq. 8 and
    appendix).

    stochasticity: c, the reverse SDE's (1: SDE-DPM-Solver++, and SEEDS' exact noise, arXiv 2305.14267).
    """

    stochasticity: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_stochasticity(self.stochasticity)

    def kept(self, t: Instant, s: Instant) -> float:
        ratio = s.sigma / t.sigma
        return ratio * (ratio * t.alpha / s.alpha) ** (self.stochasticity**2)

    def spread(self, t: Instant, s: Instant) -> float:
        if not self.stochasticity:
            return 0.0
        return s.sigma * (1 - (s.sigma * t.alpha / (t.sigma * s.alpha)) ** (2 * self.stochasticity**2)) ** 0.5

    def mass(self, t: Instant, s: Instant) -> float:
        """The integral of K: the weights' sum."""
        return s.alpha - self.kept(t, s) * t.alpha

    def value(self, prediction: Prediction) -> Array:
        return prediction.denoised


@final
@dataclass(frozen=True)
class DPMSolverPlusPlus(_DPMSolverPlusPlus):
    """DPM-Solver++ of order 1 to 3, its integrals exact (the authors' code halves the third-order term).

    Orders above 2 start as published: their second step puts all of K's mass at its middle, as 2M does. It
    starts exactly at the noise (alpha = 0) and ends at sigma = 0, with a first-order step where lambda is
    infinite.
    """

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        total, h = self.mass(t, s), s.half_log_snr - t.half_log_snr
        if not isfinite(h):
            return [0.0] * (len(nodes) - 1) + [total]
        usable = [offset for node in nodes if (offset := node.half_log_snr - t.half_log_snr) > -inf]
        if len(usable) == 2 < self.order:
            moments = [total, total * h / 2]
        else:
            exact = exponential_moments(h, 1 + self.stochasticity**2, len(usable))
            moments = [s.alpha * moment for moment in exact]
        return [0.0] * (len(nodes) - len(usable)) + polynomial_weights(usable, moments)


@final
@dataclass(frozen=True)
class DPMSolverPlusPlus2M(_DPMSolverPlusPlus):
    """The published second order (Lu et al. 2022b, algorithm 2): all of K's mass at the middle of the step,
    q = (1 + 1/2r) x0_t - (1/2r) x0_prev with r = h_prev/h."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.order != 2 or self.corrected:
            raise ValueError(
                f"order = {self.order}, corrected = {self.corrected}: 2M is order 2, uncorrected"
            )

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        total, h = self.mass(t, s), s.half_log_snr - t.half_log_snr
        if len(nodes) == 1 or not isfinite(h):
            return [0.0] * (len(nodes) - 1) + [total]
        slope = h / (2 * (t.half_log_snr - nodes[-2].half_log_snr))
        return [-slope * total, (1 + slope) * total]


@final
@dataclass(frozen=True)
class DEIS(Multistep):
    """x_s = (alpha_s/alpha_t) x - alpha_s integral of e^-lambda eps dlambda: the flow with q = eps in the
    clock lambda (Zhang & Chen 2023, arXiv 2204.13902; Lu et al. 2022a, eq. 3.4). Needs alpha and sigma > 0 at
    both ends."""

    def kept(self, t: Instant, s: Instant) -> float:
        if t.alpha == 0 or s.sigma == 0:
            raise ValueError(f"DEIS runs between alpha > 0 and sigma > 0, not from t = {t.t} to {s.t}")
        return s.alpha / t.alpha

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        h = s.half_log_snr - t.half_log_snr
        offsets = [node.half_log_snr - t.half_log_snr for node in nodes]
        # alpha_s e^-lambda = sigma_s e^(h-c), so K is sigma_s times p e^-p(h-c) with p = -1.
        moments = [s.sigma * moment for moment in exponential_moments(h, -1.0, len(nodes))]
        return polynomial_weights(offsets, moments)

    def value(self, prediction: Prediction) -> Array:
        return prediction.eps


@final
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
