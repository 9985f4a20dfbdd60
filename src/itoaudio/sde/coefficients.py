"""A linear SDE from any pair of functions f and g, its moments by quadrature (Sarkka & Solin 2019, eq. 6.22
f.).

alpha = exp F with F = int_0^t f, and sigma^2 = alpha^2 int_0^t g^2 exp(-2F). Tables at the edges of equal
panels, and Gauss-Legendre from the edge below t: 1e-8 for f and g that are smooth on [0, t_max].
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from .arrays import Array, array_like, host, namespace
from .linear import LinearSDE

PANELS = 256
_LEGENDRE_NODES, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(16)
NODES, WEIGHTS = 0.5 * (_LEGENDRE_NODES + 1), 0.5 * _LEGENDRE_WEIGHTS


@final
@dataclass(frozen=True, kw_only=True)
class QuadratureSDE(LinearSDE):
    """rate and diffusion: f and g, functions of a float64 array or tensor. ValueError where one is not
    finite."""

    rate: Callable[[Array], Array]
    diffusion: Callable[[Array], Array]
    t_max: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.t_max < np.inf:
            raise ValueError(f"t_max = {self.t_max}: need 0 < t_max < inf")
        with np.errstate(all="ignore"):
            values = {"f": self._f(self._edges), "g": self._g2(self._edges) ** 0.5}
        for name, value in values.items():
            if not np.isfinite(value).all():
                where = int(np.argmin(np.isfinite(value)))
                raise ValueError(f"{name} = {value[where]} at t = {self._edges[where]}: choose t_max below")

    def _f(self, t: Array) -> Array:
        return self.rate(t) + 0.0 * t

    def _g2(self, t: Array) -> Array:
        return self.diffusion(t) ** 2 + 0.0 * t

    def _alpha(self, t: Array) -> Array:
        return namespace(t).exp(self._log_alpha(t))

    def _sigma(self, t: Array) -> Array:
        edge, before = self._below(t, self._variance_table)
        return self._alpha(t) * namespace(t).sqrt(before + _integral(self._whitened, edge, t))

    def _t_of_noise_to_signal(self, ratio: Array) -> Array:
        wanted = host(ratio)
        low, high = np.zeros_like(wanted), np.full_like(wanted, self.t_max)
        for _ in range(60):
            middle = 0.5 * (low + high)
            below = self._sigma(middle) / self._alpha(middle) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        reached = wanted <= (self._sigma(self.end) / self._alpha(self.end)) * (1 + 1e-9)
        t = array_like(np.where(reached, low, np.nan), ratio)
        if namespace(ratio) is np:
            return t
        # d(sigma/alpha)/dt = g^2/(2 sigma alpha) carries the gradient past the bisection.
        slope = 2 * self._sigma(t.clip(0.0)) * self._alpha(t.clip(0.0)) / self._g2(t.clip(0.0))
        return t + (ratio - ratio.detach()) * slope

    @property
    def end(self) -> np.ndarray:
        return np.asarray(self.t_max, dtype=np.float64)

    def _log_alpha(self, t: Array) -> Array:
        edge, before = self._below(t, self._log_alpha_table)
        return before + _integral(self._f, edge, t)

    def _whitened(self, t: Array) -> Array:
        return self._g2(t) * namespace(t).exp(-2 * self._log_alpha(t))

    @cached_property
    def _edges(self) -> np.ndarray:
        return np.linspace(0.0, self.t_max, PANELS + 1)

    @cached_property
    def _log_alpha_table(self) -> np.ndarray:
        return np.append(0.0, np.cumsum(_integral(self._f, self._edges[:-1], self._edges[1:])))

    @cached_property
    def _variance_table(self) -> np.ndarray:
        return np.append(0.0, np.cumsum(_integral(self._whitened, self._edges[:-1], self._edges[1:])))

    def _below(self, t: Array, table: np.ndarray) -> tuple[Array, Array]:
        """The edge at or below t, and the table's value there."""
        panel = np.clip(np.searchsorted(self._edges, host(t), side="right") - 1, 0, PANELS - 1)
        return array_like(self._edges[panel], t), array_like(table[panel], t)


def _integral(function: Callable[[Array], Array], start: Array, end: Array) -> Array:
    width = end - start
    nodes = array_like(NODES, end)
    return width * (function(start[..., None] + width[..., None] * nodes) * array_like(WEIGHTS, end)).sum(-1)
