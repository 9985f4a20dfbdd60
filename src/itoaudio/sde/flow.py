"""The probability flow as an ODE with error control: Dormand & Prince 1980, order 5 with an embedded order 4.

It runs in the angle a = (pi/2) noise level, where y = x/sqrt(alpha^2 + sigma^2) obeys dy/da = v(y, a): the
same for every family, and finite from the data (a = 0) to pure noise (a = pi/2), where dx/dt of most families
is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array, namespace
from .families import VPCosine
from .parametrisation import Denoiser

ANGLES = VPCosine()
"""Its time is the noise level, so its rates give dy/da."""

Rate = Callable[[Array, float], Array]

NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


@dataclass(frozen=True)
class Solution:
    """`x` at the end; `calls` of the network, `accepted` and `rejected` steps."""

    x: Array
    calls: int
    accepted: int
    rejected: int


def integrate(rate: Rate, y: Array, start: float, end: float, *, rtol: float, atol: float) -> Solution:
    """Solve dy/da = rate(y, a) from start to end, either way; the error of a step is the worst item's RMS of
    error/(atol + rtol |y|), so steps depend on the batch. ValueError when the step vanishes (the rate is not
    smooth) and for a rate that is not finite."""
    if not (rtol > 0 and atol > 0):
        raise ValueError(f"need rtol, atol > 0, got {rtol} and {atol}")
    a, h, slopes = start, 0.05 * (end - start), [rate(y, start)]
    calls, accepted, rejected, worst = 1, 0, 0, slopes[0].sum().item()
    while a != end:
        h = end - a if abs(h) >= abs(end - a) else h
        if not np.isfinite(worst) and (calls == 1 or abs(h) < 1e-10 * abs(end - start)):
            raise ValueError(f"rate is {worst} at {a:.4f}, call {calls}: check the network's output")
        if abs(h) < 1e-10 * abs(end - start):
            raise ValueError(f"rtol = {rtol} needs steps below {abs(h):.1e} at {a:.4f} after {calls} calls")
        stages = slopes[:1]
        for node, row in zip(NODES[1:], STAGES[1:], strict=True):
            stage = y + sum((h * c) * k for c, k in zip(row, stages, strict=True) if c)
            stages.append(rate(stage, end if node == 1 and h == end - a else a + node * h))
        calls += 6
        gap = sum((h * c) * k for c, k in zip(ERROR, stages, strict=True) if c)
        tolerance = atol + rtol * namespace(y).maximum(abs(y), abs(stage))
        worst = ((gap / tolerance) ** 2).reshape(y.shape[0], -1).mean(-1).max().item() ** 0.5
        if worst <= 1:  # not for NaN
            a, y, slopes = (end if h == end - a else a + h), stage, stages[-1:]
            accepted += 1
        else:
            rejected += 1
        h *= 0.2 if not np.isfinite(worst) else min(5.0, max(0.2, 0.9 * max(worst, 1e-10) ** -0.2))
    return Solution(y, calls, accepted, rejected)


def transport(
    denoiser: Denoiser, x: Array, *, start: float, end: float, rtol: float = 1e-5, atol: float = 1e-5
) -> Solution:
    """Carry `x` (B, ...) along the flow from time `start` to time `end`, to the data or (encode) to the
    prior."""
    sde = denoiser.sde
    first, last = sde.at(start, x), sde.at(end, x)
    solution = integrate(level_rate(denoiser), x / first.size, first.level, last.level, rtol=rtol, atol=atol)
    return Solution(solution.x * last.size, solution.calls, solution.accepted, solution.rejected)


def level_rate(denoiser: Denoiser) -> Rate:
    """(y, level) -> dy/d level."""
    sde = denoiser.sde
    highest = float(sde.noise_level(sde.t_max))

    def rate(y: Array, level: float) -> Array:
        now = sde.at(float(sde.t_of_noise_level(min(level, highest))), y)
        return denoiser.at(y * now.size, now).mix(*ANGLES.at(level, y).rates)

    return rate
