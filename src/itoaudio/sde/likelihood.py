"""log p(x) by the probability flow (Song et al. 2021, eq. 39): log p(y_0) = log p(y_T) + integral of div v
over the path, with the divergence exact or estimated as z.(dv/dy) z (Hutchinson 1990; Grathwohl et al. 2019).

In torch z.(dv/dy) comes from autograd; in numpy (a voice in ONNX) dv/dy z from a central difference.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Array, array_like, namespace
from .flow import Rate, integrate, level_rate
from .parametrisation import Denoiser


@dataclass(frozen=True)
class Likelihood:
    """log p in `nats` and its standard error over probes, both (B,); the code of x in the prior; network
    calls."""

    nats: Array
    standard_error: Array
    code: Array
    calls: int

    @property
    def bits_per_dimension(self) -> Array:
        """-log2 p / D, (B,)."""
        return -self.nats / (np.log(2) * int(np.prod(self.code.shape[1:])))


def log_likelihood(
    denoiser: Denoiser,
    x: Array,
    *,
    t: float = 0.0,
    probes: Array | None = None,
    rtol: float = 1e-5,
    atol: float = 1e-5,
) -> Likelihood:
    """log p_t(x) of a batch x (B, ...), without gradients.

    t: 0 for networks that hold at sigma = 0 (parametrisation v), else small. probes: (P, B, ...) of mean 0
    and covariance 1, with P > 1, such as random signs; None sums the exact divergence over all D axes. A
    difference in float32 leaves about 1e-3 nats an axis: use float64 in numpy.
    """
    sde = denoiser.sde
    if probes is not None and (probes.shape[0] < 2 or probes.shape[1:] != x.shape):
        raise ValueError(f"probes of shape {tuple(probes.shape)} must be (P > 1, *{tuple(x.shape)})")
    first, last = sde.at(t, x), sde.at(sde.t_max, x)
    items, dimensions = x.shape[0], int(np.prod(x.shape[1:]))
    exact = np.tile(np.eye(dimensions)[:, None], (1, items, 1)).reshape(-1, *x.shape)
    directions = array_like(exact, x) if probes is None else probes
    velocity = level_rate(denoiser)

    def rate(packed: Array, level: float) -> Array:
        y = packed[:, :dimensions].reshape(x.shape)
        change, stretch = directional(velocity, y, level, directions)
        stretch = stretch.sum(1)[:, None] if probes is None else stretch
        return _concatenate([change.reshape(items, -1), stretch])

    columns = 1 if probes is None else probes.shape[0]
    packed = _concatenate([(x / first.size).reshape(items, -1), array_like(np.zeros((items, columns)), x)])
    solution = integrate(rate, packed, first.level, last.level, rtol=rtol, atol=atol)
    code = solution.x[:, :dimensions].reshape(x.shape) * last.size
    stretches = solution.x[:, dimensions:]
    volume = dimensions * float(np.log(last.size) - np.log(first.size))
    nats = sde.prior_log_density(code) + stretches.mean(1) + volume
    error = ((stretches - stretches.mean(1)[:, None]) ** 2).sum(1) / max(columns - 1, 1) / columns
    return Likelihood(nats, error**0.5, code, solution.calls)


def directional(rate: Rate, y: Array, level: float, directions: Array) -> tuple[Array, Array]:
    """rate(y), and z.(drate/dy) z for each z of `directions` (P, B, ...): shape (B, P)."""
    if namespace(y) is not np:
        return _by_autograd(rate, y, level, directions)
    step = np.finfo(y.dtype).eps ** (1 / 3)
    columns = []
    for z in directions:
        slope = (rate(y + step * z, level) - rate(y - step * z, level)) / (2 * step)
        columns.append((slope * z).reshape(len(y), -1).sum(-1))
    return rate(y, level), np.stack(columns, axis=1)


def _by_autograd(rate: Rate, y: Array, level: float, directions: Array) -> tuple[Array, Array]:
    torch = namespace(y)
    with torch.enable_grad():
        y = y.detach().requires_grad_()
        change = rate(y, level)
        columns = []
        for z in directions:
            (pulled,) = torch.autograd.grad(change, y, z, retain_graph=True)
            columns.append((pulled * z).reshape(len(y), -1).sum(-1))
    return change.detach(), torch.stack(columns, dim=1)


def _concatenate(parts: list[Array]) -> Array:
    xp = namespace(parts[0])
    return np.concatenate(parts, axis=1) if xp is np else xp.cat(parts, dim=1)
