"""A linear SDE at one time, ready to multiply a state: what parametrisations, predictors and losses compute
with.

Values come from float64 schedules and are cast once: to Python floats for one t (float32 states then stay
float32 and a step costs no array work), to arrays (B, 1, ..., 1) in the state's type for one t per item. Each
is computed when first asked, so a sampler that never asks for f or g may stand where they diverge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .arrays import Array, host, namespace

if TYPE_CHECKING:
    from .linear import LinearSDE


@dataclass(frozen=True)
class Instant:
    """`sde` at time `t`; `exact` is t in float64, shaped for the state; `cast` ends every schedule."""

    sde: "LinearSDE"
    t: Array
    exact: Array
    cast: Callable[[Array], Array]

    @cached_property
    def alpha(self) -> Array:
        """Mean scale of the kernel."""
        return self.cast(self.sde._alpha(self.exact))

    @cached_property
    def sigma(self) -> Array:
        """Standard deviation of the kernel."""
        return self.cast(self.sde._sigma(self.exact))

    @cached_property
    def half_log_snr(self) -> Array:
        """lambda = log(alpha/sigma)."""
        return self.cast(self.sde._half_log_snr(self.exact))

    @cached_property
    def size(self) -> Array:
        """sqrt(alpha^2 + sigma^2), the standard deviation of a state of unit-variance data."""
        return (self.alpha**2 + self.sigma**2) ** 0.5

    @cached_property
    def level(self) -> Array:
        """The noise level networks see, in t's own shape."""
        level = self.cast(self.sde._level(self.exact))
        return level.reshape(self.t.shape) if hasattr(self.t, "shape") else level

    @cached_property
    def f(self) -> Array:
        """Drift rate."""
        return self._finite("f", self.sde._f)

    @cached_property
    def g2(self) -> Array:
        """Squared diffusion coefficient."""
        return self._finite("g^2", self.sde._g2)

    @cached_property
    def rates(self) -> tuple[Array, Array]:
        """(alpha', sigma'): the probability flow moves alpha x_0 + sigma eps with exactly these."""
        alpha_rate = self._finite("alpha'", lambda t: self.sde._rates(t)[0])
        return alpha_rate, self._finite("sigma'", lambda t: self.sde._rates(t)[1])

    def along(self, reference: "LinearSDE") -> "Instant":
        """The instant of `reference` with this signal-to-noise ratio. For one t only.

        All linear SDEs have one probability flow up to the state's scale (Karras et al. 2022, section 3):
        with y = x there.size/here.size, dy/dt of the reference is the flow of x, and may be easier to follow.
        """
        if reference not in self._clocks:
            with np.errstate(divide="ignore"):
                t = reference._t_of_noise_to_signal(np.float64(self.sigma) / self.alpha)
            self._clocks[reference] = Instant(reference, float(t), t, float)
        return self._clocks[reference]

    @cached_property
    def _clocks(self) -> dict["LinearSDE", "Instant"]:
        return {}

    def _finite(self, name: str, formula: Callable[[Array], Array]) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = formula(self.exact)
        if not bool(namespace(value).isfinite(value).all()):
            raise ValueError(f"{name} diverges at t = {host(self.t)} of {self.sde}: stay inside (0, t_max)")
        return self.cast(value)


def transition(early: Instant, late: Instant) -> tuple[float, float]:
    """(m, std) of the forward kernel X_late | X_early ~ N(m X_early, std^2): from t to a later time."""
    m = late.alpha / early.alpha
    return m, (late.sigma**2 - m**2 * early.sigma**2) ** 0.5
