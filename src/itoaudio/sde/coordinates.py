"""Mean and noise shape as a change of coordinates.

dX = f(t)(X - mu) dt + g(t) L dW with an invertible L that does not depend on t is, in u = L^-1 (X - mu), the
plain linear SDE du = f(t) u dt + g(t) dW (Ito's formula; the affine map has no second-order term). So every
kernel, sampler and loss works on u, and only the ends of the road know mu and L: Grad-TTS' and PriorGrad's
data-dependent priors (arXiv 2105.06337, 2106.06406) are one line each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array, array_like, check_broadcast, host, namespace

Transform = Callable[[Array], Array]


def identity(x: Array) -> Array:
    return x


@dataclass(frozen=True)
class Coordinates:
    """u = T(x - mean)/scale, so L = T^-1 diag(scale): diagonal in the basis of an orthonormal transform T.

    mean broadcasts to x, positive `scale` to T(x), or ValueError; analyse is T and synthesise its inverse (an
    MDCT and its, say).
    """

    mean: Array = 0.0
    scale: Array = 1.0
    analyse: Transform = identity
    synthesise: Transform = identity

    def __post_init__(self) -> None:
        scale = host(self.scale)
        if not np.all(scale > 0):
            raise ValueError(f"scale must be positive, got {scale[~(scale > 0)].flat[0]}")

    def whiten(self, x: Array) -> Array:
        """x -> u, in the shape of T(x)."""
        check_broadcast("mean", self.mean, x)
        u = self.analyse(x - self.mean)
        check_broadcast("scale", self.scale, u)
        return u / self.scale

    def colour(self, u: Array) -> Array:
        """u -> x."""
        check_broadcast("scale", self.scale, u)
        x = self.synthesise(self.scale * u)
        check_broadcast("mean", self.mean, x)
        return self.mean + x

    def log_det(self, u: Array) -> Array:
        """log |dx/du| for each item of a batch u (B, ...): log p(x) = log p(u) - log_det(u)."""
        check_broadcast("scale", self.scale, u)
        scale = namespace(u).broadcast_to(array_like(self.scale, u), u.shape)
        return namespace(u).log(scale).reshape(u.shape[0], -1).sum(-1)
