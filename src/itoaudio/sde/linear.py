"""Linear SDEs with scalar coefficients: dX = f(t) X dt + g(t) dW, for 0 <= t <= t_max (paper, eq. 1).

Their transition kernel is Gaussian, X_t | x_0 ~ N(alpha(t) x_0, sigma(t)^2 I), with
alpha' = f alpha and (sigma^2)' = 2 f sigma^2 + g^2 (Sarkka & Solin 2019, eq. 5.50 and 5.51).
A family states f, g, alpha and sigma in closed form; everything else asks only that.
A mean mu and a noise shape L are a change of coordinates: see `coordinates`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from .arrays import Array, cast_like, float64, host, namespace, per_item
from .instant import Instant

Formula = Callable[[Array], Array]

ROUNDING = 1e-6
"""How far beyond t_max, relative to it, a t in float32 may round; it is then taken as t_max."""


class LinearSDE(ABC):
    """A family of kernels. Schedules take t as float or array of any shape and return t's shape and dtype.

    They are computed in double precision, so that sigma is right near t = 0 in float32 as well. A t outside
    [0, t_max] raises ValueError.
    """

    t_max: float = 1.0

    @abstractmethod
    def _f(self, t: Array) -> Array:
        """f(t), from t in float64."""

    @abstractmethod
    def _g2(self, t: Array) -> Array:
        """g(t)^2, from t in float64."""

    @abstractmethod
    def _alpha(self, t: Array) -> Array:
        """alpha(t), from t in float64."""

    @abstractmethod
    def _sigma(self, t: Array) -> Array:
        """sigma(t), from t in float64."""

    @abstractmethod
    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        """The t at which sigma/alpha equals `ratio` (float64, >= 0, inf where alpha = 0)."""

    def _rates(self, t: Array) -> tuple[Array, Array]:
        """(alpha', sigma'). A family whose f diverges at t_max, where these are finite, states them
        itself."""
        f, sigma = self._f(t), self._sigma(t)
        return f * self._alpha(t), f * sigma + 0.5 * self._g2(t) / sigma

    def _half_log_snr(self, t: Array) -> Array:
        with np.errstate(divide="ignore"):
            return namespace(t).log(self._alpha(t)) - namespace(t).log(self._sigma(t))

    def _level(self, t: Array) -> Array:
        return namespace(t).arctan2(self._sigma(t), self._alpha(t)) * (2 / np.pi)

    @staticmethod
    def from_coefficients(f: Formula, g: Formula, *, t_max: float = 1.0) -> "LinearSDE":
        """The family of any smooth f and g, functions of a float64 array or tensor; moments by quadrature."""
        from .coefficients import QuadratureSDE  # a family itself, so it imports this module

        return QuadratureSDE(rate=f, diffusion=g, t_max=t_max)

    def f(self, t: Array) -> Array:
        """Drift rate f(t), in 1/time."""
        return self._schedule(self._f, t)

    def g(self, t: Array) -> Array:
        """Diffusion coefficient g(t), in units of x per square root of time."""
        return self._schedule(lambda u: namespace(u).sqrt(self._g2(u)), t)

    def alpha(self, t: Array) -> Array:
        """Mean scale of the kernel."""
        return self._schedule(self._alpha, t)

    def sigma(self, t: Array) -> Array:
        """Standard deviation of the kernel."""
        return self._schedule(self._sigma, t)

    def half_log_snr(self, t: Array) -> Array:
        """lambda(t) = log(alpha/sigma): +inf where sigma = 0, -inf where alpha = 0 (Lu et al. 2022, eq.
        3.3)."""
        return self._schedule(self._half_log_snr, t)

    def t_of_half_log_snr(self, half_log_snr: Array) -> Array:
        """Inverse of `half_log_snr`. ValueError for one that the family does not reach by t_max."""
        return self._inverse(lambda v: namespace(v).exp(-v), half_log_snr, "half log-SNR")

    def noise_level(self, t: Array) -> Array:
        """(2/pi) atan(sigma/alpha) in [0, 1]: a clock that all linear SDEs share, 0 = data and 1 = noise.

        For VPCosine it is t itself. Networks see this level, so one network serves every family.
        """
        return self._schedule(self._level, t)

    def t_of_noise_level(self, level: Array) -> Array:
        """Inverse of `noise_level`. ValueError for one that the family does not reach by t_max."""
        # tan, as a quotient that is 0 and infinite exactly at levels 0 and 1.
        half = np.pi / 2
        ratio = lambda v: namespace(v).sin(v * half) / namespace(v).sin((1 - v) * half)  # noqa: E731
        return self._inverse(ratio, level, "noise level")

    def at(self, t: Array, x: Array) -> Instant:
        """The SDE at `t`, a scalar or one time for each item of x (B, ...), ready to multiply x."""
        # A sampler's own times skip the checks below, which would cost a fifth of a step.
        if type(t) is float and 0 <= t <= self.t_max:
            return Instant(self, t, np.float64(t), float)
        exact = self._inside(float64(t))
        if namespace(t) is np and exact.ndim == 0:
            return Instant(self, float(exact), exact[()], float)
        return Instant(self, t, per_item(exact, x), lambda value: cast_like(value, x))

    def kernel(self, x0: Array, t: Array) -> tuple[Array, Array]:
        """Mean (x0's shape) and standard deviation (broadcasts to x0) of X_t given X_0 = x0."""
        now = self.at(t, x0)
        return now.alpha * x0, now.sigma

    def perturb(self, x0: Array, t: Array, noise: Array) -> Array:
        """A draw of X_t given x0: alpha x0 + sigma noise, with `noise` standard normal in x0's shape."""
        if noise.shape != x0.shape:
            raise ValueError(
                f"noise of shape {tuple(noise.shape)} does not fit x0 of shape {tuple(x0.shape)}"
            )
        mean, std = self.kernel(x0, t)
        return mean + std * noise

    def prior(self, noise: Array) -> Array:
        """A draw from the prior N(0, sigma(t_max)^2) from standard normal `noise`."""
        return self.at(self.t_max, noise).sigma * noise

    def prior_log_density(self, x: Array) -> Array:
        """log N(x; 0, sigma(t_max)^2 I) in nats, summed over all axes but the first: shape (B,)."""
        sigma = self.at(self.t_max, x).sigma
        square = (x * x).reshape(x.shape[0], -1)
        dimensions = square.shape[1]
        return -0.5 * square.sum(-1) / sigma**2 - dimensions * float(np.log(sigma) + 0.5 * np.log(2 * np.pi))

    def _schedule(self, formula: Formula, t: Array) -> Array:
        return cast_like(formula(self._inside(float64(t))), t)

    def _inside(self, t: Array) -> Array:
        values = host(t)
        outside = ~((values >= 0) & (values <= self.t_max * (1 + ROUNDING)))
        if outside.any():
            raise ValueError(
                f"t = {values[outside].flat[0]} is outside [0, {self.t_max}] of {type(self).__name__}"
            )
        return t.clip(0.0, self.t_max)

    def _inverse(self, noise_to_signal: Formula, value: Array, name: str) -> Array:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            t = self._t_of_noise_to_signal(noise_to_signal(float64(value)))
        # An inverse is steep where alpha is small: rounding of `value` shows in t far above its own.
        values = host(t)
        outside = ~((values >= 0) & (values <= self.t_max * (1 + 100 * ROUNDING)))
        if outside.any():
            raise ValueError(f"{name} = {host(value)[outside].flat[0]} is not reached by {self} within t_max")
        return cast_like(t.clip(0.0, self.t_max), value)
