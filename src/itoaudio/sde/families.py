"""The families of linear SDEs: what the paper uses, and the schedules that followed it.

VE and VP (linear beta), sub-VP: Song et al. 2021 (arXiv 2011.13456), eq. 9, 11, 13 and appendix B.
VPCosine: the continuous form of Nichol & Dhariwal 2021's schedule without offset.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from .arrays import Array, namespace
from .linear import LinearSDE


@final
@dataclass(frozen=True, kw_only=True)
class VE(LinearSDE):
    """Variance exploding: f = 0, with s(t) = sigma_min (sigma_max/sigma_min)^t the noise scale.

    The kernel's variance is s(t)^2 - s(0)^2: exact at t = 0, where Song et al. keep sigma_min instead.
    """

    sigma_min: float = 1e-3
    sigma_max: float = 50.0

    def __post_init__(self) -> None:
        if not 0 < self.sigma_min < self.sigma_max:
            raise ValueError(f"need 0 < sigma_min < sigma_max, got {self.sigma_min} and {self.sigma_max}")

    @property
    def _log_ratio(self) -> float:
        return float(np.log(self.sigma_max / self.sigma_min))

    def _f(self, t: Array) -> Array:
        return 0.0 * t

    def _g2(self, t: Array) -> Array:
        return 2 * self._log_ratio * self.sigma_min**2 * namespace(t).exp(2 * self._log_ratio * t)

    def _alpha(self, t: Array) -> Array:
        return 0.0 * t + 1.0

    def _sigma(self, t: Array) -> Array:
        return self.sigma_min * namespace(t).sqrt(namespace(t).expm1(2 * self._log_ratio * t))

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return namespace(ratio).log1p((ratio / self.sigma_min) ** 2) / (2 * self._log_ratio)


@dataclass(frozen=True, kw_only=True)
class _LinearBeta(LinearSDE):
    """f = -beta/2, so alpha = exp(-B/2), with beta(t) from beta_min to beta_max and B its integral from 0."""

    beta_min: float = 0.1
    beta_max: float = 20.0

    def __post_init__(self) -> None:
        if not 0 < self.beta_min <= self.beta_max:
            raise ValueError(f"need 0 < beta_min <= beta_max, got {self.beta_min} and {self.beta_max}")

    def _beta(self, t: Array) -> Array:
        return self.beta_min + t * (self.beta_max - self.beta_min)

    def _integral(self, t: Array) -> Array:
        """B(t)."""
        return self.beta_min * t + 0.5 * (self.beta_max - self.beta_min) * t * t

    def _t_of_integral(self, integral: Array) -> Array:
        slope = self.beta_max - self.beta_min
        # The root of the quadratic that keeps its digits near 0.
        root = namespace(integral).sqrt(self.beta_min**2 + 2 * slope * integral)
        return 2 * integral / (self.beta_min + root)

    def _f(self, t: Array) -> Array:
        return -0.5 * self._beta(t)

    def _alpha(self, t: Array) -> Array:
        return namespace(t).exp(-0.5 * self._integral(t))


@final
@dataclass(frozen=True, kw_only=True)
class VP(_LinearBeta):
    """Variance preserving with linear beta: f = -beta/2, g = sqrt(beta), beta(t) from beta_min to
    beta_max."""

    def _g2(self, t: Array) -> Array:
        return self._beta(t)

    def _sigma(self, t: Array) -> Array:
        return namespace(t).sqrt(-namespace(t).expm1(-self._integral(t)))

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return self._t_of_integral(namespace(ratio).log1p(ratio * ratio))


@final
@dataclass(frozen=True, kw_only=True)
class SubVP(_LinearBeta):
    """Sub-VP: VP's drift, with g^2 = beta (1 - alpha^4), so sigma = 1 - alpha^2 <= VP's."""

    def _g2(self, t: Array) -> Array:
        return -self._beta(t) * namespace(t).expm1(-2 * self._integral(t))

    def _sigma(self, t: Array) -> Array:
        return -namespace(t).expm1(-self._integral(t))

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        # (1 - a^2)/a = ratio with a = alpha, so 1/a = (ratio + sqrt(ratio^2 + 4))/2 = exp(asinh(ratio/2)).
        return self._t_of_integral(2 * namespace(ratio).arcsinh(0.5 * ratio))


@final
@dataclass(frozen=True, kw_only=True)
class VPCosine(LinearSDE):
    """Variance preserving on the quarter circle: alpha = cos(pi t/2), sigma = sin(pi t/2).

    f and g diverge at t = 1, where alpha = 0: predictors that ask for g start below; the kernel and the
    flow's velocity hold there, so the probability flow and exponential predictors start exactly at the noise.
    """

    t_max: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.t_max <= 1:
            raise ValueError(f"need 0 < t_max <= 1, got {self.t_max}")

    def _f(self, t: Array) -> Array:
        return -0.5 * np.pi * self._sigma(t) / self._alpha(t)

    def _g2(self, t: Array) -> Array:
        return np.pi * self._sigma(t) / self._alpha(t)

    def _alpha(self, t: Array) -> Array:
        # sin of the complement: exactly 0 at t = 1, where cos(pi/2) would leave 6e-17.
        return namespace(t).sin(0.5 * np.pi * (1.0 - t))

    def _sigma(self, t: Array) -> Array:
        return namespace(t).sin(0.5 * np.pi * t)

    def _rates(self, t: Array) -> tuple[Array, Array]:
        return -0.5 * np.pi * self._sigma(t), 0.5 * np.pi * self._alpha(t)

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return namespace(ratio).arctan(ratio) * (2 / np.pi)
