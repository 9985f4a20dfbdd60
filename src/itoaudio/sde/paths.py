"""Families that came after Song et al.: straight, EDM, OUVE and the Brownian bridge, each as a linear SDE.

All have closed forms for f, g^2, alpha and sigma, and for the t of a noise-to-signal ratio r = sigma/alpha.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from .arrays import Array, namespace
from .linear import LinearSDE


@final
@dataclass(frozen=True, kw_only=True)
class EDM(LinearSDE):
    """x_t = x_0 + t eps: f = 0, g^2 = 2t (Karras et al. 2022). Time is the noise scale, in units of x."""

    t_max: float = 80.0

    def __post_init__(self) -> None:
        if not 0 < self.t_max < np.inf:
            raise ValueError(f"t_max = {self.t_max}: need 0 < t_max < inf")

    def _f(self, t: Array) -> Array:
        return 0.0 * t

    def _g2(self, t: Array) -> Array:
        return 2.0 * t

    def _alpha(self, t: Array) -> Array:
        return 0.0 * t + 1.0

    def _sigma(self, t: Array) -> Array:
        return 1.0 * t

    def _rates(self, t: Array) -> tuple[Array, Array]:
        return 0.0 * t, 0.0 * t + 1.0

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return 1.0 * ratio


@final
@dataclass(frozen=True, kw_only=True)
class Straight(LinearSDE):
    """x_t = (1 - t) x_0 + t eps: rectified flow, conditional optimal transport (Liu et al. 2022; Lipman et
    al. 2023).

    f = -1/(1-t) and g^2 = 2t/(1-t) diverge at t = 1, alpha = 0; the kernel and the flow's velocity hold
    there.
    """

    t_max: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.t_max <= 1:
            raise ValueError(f"need 0 < t_max <= 1, got {self.t_max}")

    def _f(self, t: Array) -> Array:
        return -1.0 / (1.0 - t)

    def _g2(self, t: Array) -> Array:
        return 2.0 * t / (1.0 - t)

    def _alpha(self, t: Array) -> Array:
        return 1.0 - t

    def _sigma(self, t: Array) -> Array:
        return 1.0 * t

    def _rates(self, t: Array) -> tuple[Array, Array]:
        return 0.0 * t - 1.0, 0.0 * t + 1.0

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return 1.0 / (1.0 + 1.0 / ratio)


@final
@dataclass(frozen=True, kw_only=True)
class OUVE(LinearSDE):
    """Ornstein-Uhlenbeck with VE noise: f = -gamma, g = s(t) sqrt(2 log(sigma_max/sigma_min)) with s VE's
    noise scale (Richter et al. 2023, SGMSE+, eq. 5). There mu is the noisy speech: see `Coordinates`.
    alpha(1) = e^-gamma is far from 0, so a draw from the prior misses alpha(1)(x_0 - mu)."""

    gamma: float = 1.5
    sigma_min: float = 0.05
    sigma_max: float = 0.5

    def __post_init__(self) -> None:
        if not (self.gamma > 0 and 0 < self.sigma_min < self.sigma_max):
            raise ValueError(f"need gamma > 0 and 0 < sigma_min < sigma_max, got {self}")

    @property
    def _growth(self) -> float:
        return float(np.log(self.sigma_max / self.sigma_min))

    @property
    def _unit(self) -> float:
        return self.sigma_min * float(np.sqrt(self._growth / (self.gamma + self._growth)))

    def _f(self, t: Array) -> Array:
        return 0.0 * t - self.gamma

    def _g2(self, t: Array) -> Array:
        return 2 * self._growth * self.sigma_min**2 * namespace(t).exp(2 * self._growth * t)

    def _alpha(self, t: Array) -> Array:
        return namespace(t).exp(-self.gamma * t)

    def _sigma(self, t: Array) -> Array:
        grown = namespace(t).sqrt(namespace(t).expm1(2 * (self.gamma + self._growth) * t))
        return self._unit * self._alpha(t) * grown

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return namespace(ratio).log1p((ratio / self._unit) ** 2) / (2 * (self.gamma + self._growth))


@final
@dataclass(frozen=True, kw_only=True)
class BrownianBridge(LinearSDE):
    """From data at t = 0 to the condition mu at t = 1, with noise only between: f = -1/(1-t), g = scale.

    With u = x - mu (see `Coordinates`), u_t = (1-t) u_0 + scale sqrt(t(1-t)) eps (Li et al. 2023, BBDM). At t
    = 1 both alpha and sigma are 0; it stops at t_max, where a draw from the prior misses alpha(t_max) u_0.
    """

    scale: float = 1.0
    t_max: float = 0.999

    def __post_init__(self) -> None:
        if not (self.scale > 0 and 0 < self.t_max < 1):
            raise ValueError(f"need scale > 0 and 0 < t_max < 1, got {self}")

    def _f(self, t: Array) -> Array:
        return -1.0 / (1.0 - t)

    def _g2(self, t: Array) -> Array:
        return 0.0 * t + self.scale**2

    def _alpha(self, t: Array) -> Array:
        return 1.0 - t

    def _sigma(self, t: Array) -> Array:
        return self.scale * namespace(t).sqrt(t * (1.0 - t))

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        return 1.0 / (1.0 + (self.scale / ratio) ** 2)
