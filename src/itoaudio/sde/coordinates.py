"""Mean and noise shape as a change of coordinates.

dX = f(t)(X - mu) dt + g(t) L dW with an invertible L that does not depend on t is, in u = L^-1 (X - mu), the
plain linear SDE du = f(t) u dt + g(t) dW (Ito's formula; the affine map has no second-order term). So every
kernel, sampler and loss works on u, and only the ends of the road know mu and L: Grad-TTS' and PriorGrad's
data-dependent priors (arXiv 2105.06337, 2106.06406) are one line each.
"""

from dataclasses import dataclass

from .arrays import Array, array_like, namespace


@dataclass(frozen=True)
class Coordinates:
    """u = (x - mean)/scale: `mean` and positive `scale` broadcast to x (a diagonal L in x's basis)."""

    mean: Array = 0.0
    scale: Array = 1.0

    def whiten(self, x: Array) -> Array:
        """x -> u, in the broadcast shape."""
        return (x - self.mean) / self.scale

    def colour(self, u: Array) -> Array:
        """u -> x."""
        return self.mean + self.scale * u

    def log_det(self, x: Array) -> Array:
        """log |dx/du| for each item of a batch x (B, ...): add -log_det to log p(u) to get log p(x)."""
        scale = namespace(x).broadcast_to(array_like(self.scale, x), x.shape)
        return namespace(x).log(scale).reshape(x.shape[0], -1).sum(-1)
