"""Which t to train on: maps from uniform numbers u in (0, 1) to times, all by way of the noise level.

`stratified` gives a batch of u with one in each of its B equal parts (Kingma et al. 2021, appendix I.1).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from .arrays import Array, array_like, host, namespace
from .linear import LinearSDE

Levels = Callable[[Array], Array]


def stratified(count: int, offset: float) -> np.ndarray:
    """`count` uniform numbers from one, `offset` in [0, 1)."""
    if not (count >= 1 and 0 <= offset < 1):
        raise ValueError(f"need count >= 1 and 0 <= offset < 1, got count = {count} and offset = {offset}")
    return (np.arange(count) + offset) / count


def times(sde: LinearSDE, fractions: Array, *, t_min: float = 1e-5) -> Array:
    """Times whose noise levels stand at `fractions` of the way from t_min's to t_max's."""
    low, high = sde.noise_level(np.array([t_min, sde.t_max]))
    fractions = fractions if namespace(fractions) is not np else np.asarray(fractions)
    return sde.t_of_noise_level(float(low) + float(high - low) * fractions).clip(t_min)


def uniform(u: Array) -> Array:
    """Every noise level alike."""
    return u


@dataclass(frozen=True, kw_only=True)
class LogitNormal:
    """level = 1/(1 + exp(-(mean + std z))): more of the middle (Esser et al. 2024, section 3.1)."""

    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if not self.std > 0:
            raise ValueError(f"std = {self.std}: a logit-normal law needs std > 0")

    def __call__(self, u: Array) -> Array:
        inverse = NormalDist(self.mean, self.std).inv_cdf
        z = np.array([inverse(value) for value in host(u).clip(1e-12, 1 - 1e-12)])
        return array_like(1 / (1 + np.exp(-z)), u)


@dataclass
class Importance:
    """Levels drawn in proportion to sqrt(E[loss^2]) of their bin (Nichol & Dhariwal 2021, eq. 18), a running
    mean.

    `weights` of the drawn levels keep the loss unbiased. A tenth of the draws stays uniform.
    """

    bins: int = 64
    memory: float = 0.99
    squares: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        if not (self.bins >= 1 and 0 <= self.memory < 1):
            raise ValueError(f"need bins >= 1 and 0 <= memory < 1, got {self.bins} and {self.memory}")
        self.squares = np.ones(self.bins)

    @property
    def density(self) -> np.ndarray:
        """Of each bin, relative to uniform: mean 1."""
        root = np.sqrt(self.squares)
        return 0.9 * root / root.mean() + 0.1

    def __call__(self, u: Array) -> Array:
        edges = np.append(0.0, np.cumsum(self.density) / self.bins)
        return array_like(np.interp(host(u), edges, np.linspace(0, 1, self.bins + 1)), u)

    def weights(self, levels: Array) -> Array:
        """1/density at each level."""
        return array_like(1 / self.density[self._bin(levels)], levels)

    def update(self, levels: Array, losses: Array) -> None:
        """Learn from the unweighted losses of one batch; ValueError for one that is not finite."""
        values = host(losses)
        if not np.isfinite(values).all():
            raise ValueError(
                f"losses hold {values[~np.isfinite(values)].flat[0]}: check the network's output"
            )
        for index, loss in zip(self._bin(levels), values, strict=True):
            self.squares[index] = self.memory * self.squares[index] + (1 - self.memory) * loss**2

    def _bin(self, levels: Array) -> np.ndarray:
        return np.minimum((host(levels) * self.bins).astype(int), self.bins - 1)


TIMES: dict[str, Levels] = {"uniform": uniform, "logit_normal": LogitNormal()}
"""By the name that configs use; `Importance` has state, so each training makes its own."""
