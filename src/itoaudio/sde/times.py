"""Which t to train on: maps from uniform numbers u in (0, 1) to times, all by way of the noise level.

`stratified` gives a batch of u with one in each of its B equal parts (Kingma et al. 2021, appendix I.1).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from .linear import LinearSDE

Levels = Callable[[np.ndarray], np.ndarray]


def stratified(count: int, offset: float) -> np.ndarray:
    """`count` uniform numbers from one, `offset` in [0, 1)."""
    return (np.arange(count) + offset) / count


def times(sde: LinearSDE, fractions: np.ndarray, *, t_min: float = 1e-5) -> np.ndarray:
    """Times whose noise levels stand at `fractions` of the way from t_min's to t_max's."""
    low, high = sde.noise_level(np.array([t_min, sde.t_max]))
    return np.maximum(sde.t_of_noise_level(low + (high - low) * np.asarray(fractions)), t_min)


def uniform(u: np.ndarray) -> np.ndarray:
    """Every noise level alike."""
    return u


@dataclass(frozen=True, kw_only=True)
class LogitNormal:
    """level = 1/(1 + exp(-(mean + std z))): more of the middle (Esser et al. 2024, section 3.1)."""

    mean: float = 0.0
    std: float = 1.0

    def __call__(self, u: np.ndarray) -> np.ndarray:
        z = np.array(
            [NormalDist(self.mean, self.std).inv_cdf(value) for value in np.clip(u, 1e-12, 1 - 1e-12)]
        )
        return 1 / (1 + np.exp(-z))


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
        self.squares = np.ones(self.bins)

    @property
    def density(self) -> np.ndarray:
        """Of each bin, relative to uniform: mean 1."""
        root = np.sqrt(self.squares)
        return 0.9 * root / root.mean() + 0.1

    def __call__(self, u: np.ndarray) -> np.ndarray:
        edges = np.append(0.0, np.cumsum(self.density) / self.bins)
        return np.interp(u, edges, np.linspace(0, 1, self.bins + 1))

    def weights(self, levels: np.ndarray) -> np.ndarray:
        """1/density at each level."""
        return 1 / self.density[self._bin(levels)]

    def update(self, levels: np.ndarray, losses: np.ndarray) -> None:
        """Learn from the unweighted losses of one batch."""
        for index, loss in zip(self._bin(levels), losses, strict=True):
            self.squares[index] = self.memory * self.squares[index] + (1 - self.memory) * loss**2

    def _bin(self, levels: np.ndarray) -> np.ndarray:
        return np.minimum((np.asarray(levels) * self.bins).astype(int), self.bins - 1)


TIMES: dict[str, Levels] = {"uniform": uniform, "logit_normal": LogitNormal()}
"""By the name that configs use; `Importance` has state, so each training makes its own."""
