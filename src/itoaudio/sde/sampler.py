"""The one sampling loop of the project: predictor, corrector, predictor, ... (Song et al. 2021, algorithm 1).

ItôTTS, ItôWave, training's unrolled samplers, the ONNX runtime and every benchmark call `sample`.
"""

from collections.abc import Callable
from itertools import pairwise
from math import isfinite

import numpy as np

from .arrays import Array
from .correctors import Corrector
from .grids import check_grid
from .noise import Draw, fitting
from .parametrisation import Denoiser, Prediction
from .predictors import Predictor

Callback = Callable[[int, float, Array, Prediction], None]
"""(step, time reached, state there, prediction that led there)."""


def sample(
    denoiser: Denoiser,
    x: Array,
    *,
    grid: np.ndarray,
    predictor: Predictor,
    noise: Draw | None,
    corrector: Corrector | None = None,
    denoise_last: bool = False,
    callback: Callback | None = None,
    check_finite: bool = True,
) -> Array:
    """Carry `x` (B, ...), the state at grid[0], backwards in time to grid[-1].

    grid: decreasing times; noise: draws standard normal noise in x's shape, None where nothing draws;
    corrector: runs after every step but the last (after that too if it is one of `after_last`);
    denoise_last: answer the posterior mean of x_0 instead of the state (Jolicoeur-Martineau et al. 2020);
    callback: called after every step; check_finite: refuse a state that is no longer finite, else go on with
    it. Raises ValueError for that, for a grid that does not fall, and for a network or noise of another shape
    than x.
    """
    instants = [denoiser.sde.at(t, x) for t in check_grid(grid).tolist()]
    history: list[Prediction] = []
    draw = fitting(noise, x)
    for step, (t, s) in enumerate(pairwise(instants)):
        history = [*history, denoiser.at(x, t)][-predictor.memory :]
        x = predictor.step(denoiser, history, s, draw)
        if corrector is not None and (s is not instants[-1] or corrector.after_last):
            x = corrector.correct(denoiser, x, t, s, draw)
        _check_state(x, history[-1], s.t, finite=check_finite)
        if callback is not None:
            callback(step, s.t, x, history[-1])
    if not denoise_last:
        return x
    last = denoiser.at(x, instants[-1]).denoised
    if check_finite and not isfinite(total := last.sum().item()):
        raise ValueError(f"denoised is {total} at t = {instants[-1].t}: check the network's output")
    return last


def _check_state(x: Array, prediction: Prediction, s: float, *, finite: bool) -> None:
    if x.shape != prediction.x.shape:
        raise ValueError(f"the step changed x from shape {tuple(prediction.x.shape)} to {tuple(x.shape)}")
    if finite and not isfinite(total := x.sum().item()):  # NaN and inf survive a sum
        raise ValueError(
            f"x is {total} after the step from t = {prediction.t} to {s}: check the network's output"
        )
