"""Gaussian mixtures: data whose score is known exactly under every linear SDE, to prove and to compare
samplers on.

x_0 ~ sum_k w_k N(m_k, diag s_k^2), so u = cos(a) x_0 + sin(a) eps is a mixture again, with means cos(a) m_k
and variances cos(a)^2 s_k^2 + sin(a)^2. Here a is the noise level as an angle, level pi/2: one network for
all families.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Array, array_like, namespace
from .instant import Instant


@dataclass(frozen=True)
class GaussianMixture:
    """weights (K,), means (K, D) and standard deviations `scales` (K, D); states are (B, D)."""

    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray

    def __post_init__(self) -> None:
        shapes = tuple(np.shape(a) for a in (self.weights, self.means, self.scales))
        if len(shapes[1]) != 2 or shapes != (shapes[1][:1], shapes[1], shapes[1]):
            raise ValueError(f"weights, means and scales must be (K,), (K, D) and (K, D), got {shapes}")
        if not (np.all(self.weights > 0) and abs(np.sum(self.weights) - 1) < 1e-6):
            raise ValueError(f"weights must be positive and add to 1, got {self.weights}")

    def draw(self, count: int, seed: int) -> np.ndarray:
        """`count` samples (count, D) in float64."""
        generator = np.random.default_rng(seed)
        k = generator.choice(len(self.weights), size=count, p=self.weights)
        return self.means[k] + self.scales[k] * generator.standard_normal((count, self.means.shape[1]))

    def network(self, u: Array, level: Array) -> Array:
        """The exact E[v | u], for PARAMETRISATIONS["v"]; level is one number, or one per item."""
        angle = array_like(level, u).reshape(-1, 1) * (np.pi / 2)
        c, s = namespace(u).cos(angle), namespace(u).sin(angle)
        _, share, means, scales, variance = self._components(u, c, s)
        residual = (u[:, None] - c[..., None] * means) / variance
        eps = s[..., None] * residual
        denoised = means + c[..., None] * scales**2 * residual
        return (share * (c[..., None] * eps - s[..., None] * denoised)).sum(1)

    def log_density(self, x: Array, now: Instant) -> Array:
        """log p_t(x) in nats, shape (B,)."""
        return self._components(x, array_like(now.alpha, x), array_like(now.sigma, x))[0]

    def _components(self, x: Array, alpha: Array, sigma: Array) -> tuple[Array, ...]:
        """(log density (B,), posterior share of each component (B, K, 1), means, scales, variances (.., K,
        D))."""
        xp = namespace(x)
        weights, means, scales = (array_like(a, x) for a in (self.weights, self.means, self.scales))
        alpha, sigma = alpha.reshape(-1, 1, 1), sigma.reshape(-1, 1, 1)
        variance = alpha**2 * scales**2 + sigma**2
        square = (x[:, None] - alpha * means) ** 2 / variance
        joint = xp.log(weights) - 0.5 * (square + xp.log(2 * np.pi * variance)).sum(-1)
        top = xp.amax(joint, -1)[:, None]  # log-sum-exp, safe far from every mean
        total = top + xp.log(xp.exp(joint - top).sum(-1))[:, None]
        return total[:, 0], xp.exp(joint - total)[..., None], means, scales, variance
