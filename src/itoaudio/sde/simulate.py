"""The SDE forward in time, step by step: for pictures, and to prove the kernels."""

from itertools import pairwise

import numpy as np

from .arrays import Array
from .linear import LinearSDE
from .noise import Draw, fitting


def simulate(sde: LinearSDE, x: Array, *, times: np.ndarray, noise: Draw) -> list[Array]:
    """Euler-Maruyama of dX = f X dt + g dW from `x` (B, ...) at times[0]: the states at all `times`, which
    rise.

    Weak order 1; `LinearSDE.perturb` draws from the exact kernel. ValueError for times that do not rise
    and for noise that does not have x's shape.
    """
    times = np.asarray(times, dtype=np.float64)
    if times.ndim != 1 or not np.all(np.diff(times) > 0):
        raise ValueError(f"times must rise strictly, got {np.array2string(times, threshold=8)}")
    states, draw = [x], fitting(noise, x)
    for t, s in pairwise(times.tolist()):
        now = sde.at(t, x)
        x = x + (now.f * (s - t)) * x + (now.g2 * (s - t)) ** 0.5 * draw()
        states.append(x)
    return states
