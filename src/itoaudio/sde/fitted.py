"""A time grid fitted to a score: the N steps with the least sum of local errors on samples of the data.

An error made at time s reaches the end no larger than error/size(s) for data of unit variance, so the sum of
local errors of the unit-scaled state bounds the error at the end; dynamic programming over candidate times
finds its minimum (Watson et al. 2021, arXiv 2106.03802; Chen et al. 2024, arXiv 2405.11326).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from itoaudio.whole import write_whole

from .arrays import Array
from .families import VPCosine
from .grids import check_grid
from .linear import LinearSDE
from .parametrisation import Denoiser, Prediction
from .predictors import HeunFlow, Predictor


@dataclass(frozen=True)
class FittedGrid:
    """Falling noise `levels`: a grid for every family. With other steps or ends it is interpolated or
    stretched."""

    levels: tuple[float, ...]

    def __post_init__(self) -> None:
        levels = check_grid(np.array(self.levels))
        if not (levels[0] <= 1 and levels[-1] >= 0):
            raise ValueError(f"levels from {levels[0]} to {levels[-1]} are not inside [0, 1]")

    def __call__(
        self, sde: LinearSDE, steps: int, *, t_start: float | None = None, t_end: float | None = None
    ) -> np.ndarray:
        """Times on the clock of `sde`, as the functions of `GRIDS`; the default ends are those of the fit."""
        own = np.array(self.levels)
        levels = np.interp(np.linspace(0, 1, steps + 1), np.linspace(0, 1, len(own)), own)
        first = levels[0] if t_start is None else float(sde.noise_level(t_start))
        last = levels[-1] if t_end is None else float(sde.noise_level(t_end))
        levels = last + (levels - levels[-1]) * (first - last) / (levels[0] - levels[-1])
        return check_grid(sde.t_of_noise_level(levels))

    def save(self, path: Path) -> None:
        write_whole(path, json.dumps({"noise_levels": list(self.levels)}))

    @staticmethod
    def load(path: Path) -> "FittedGrid":
        """ValueError for a file that holds no falling noise levels in [0, 1]."""
        try:
            return FittedGrid(tuple(json.loads(path.read_text())["noise_levels"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} holds no noise_levels: {error!r}") from None


def fit_grid(
    denoiser: Denoiser,
    x: Array,
    *,
    steps: int,
    predictor: Predictor,
    t_start: float | None = None,
    t_end: float = 1e-3,
    candidates: int = 65,
) -> FittedGrid:
    """The grid of `steps` steps of a deterministic `predictor` for states x (B, ...) at t_start.

    Costs 2 network calls a candidate, and candidates^2/2 more for a predictor that calls the network itself.
    """
    sde = denoiser.sde
    ends = sde.noise_level(np.array([sde.t_max if t_start is None else t_start, t_end]))
    if not 1 <= steps < candidates:
        raise ValueError(f"need 1 <= steps < candidates, got {steps} and {candidates}")
    levels = np.linspace(ends[0], ends[1], candidates)
    path = _path(denoiser, x, sde.t_of_noise_level(levels).tolist())
    chosen = _cheapest(_local_errors(denoiser, path, predictor), steps)
    return FittedGrid(tuple(float(levels[i]) for i in chosen))


def _path(denoiser: Denoiser, x: Array, times: Sequence[float]) -> list[Prediction]:
    """Predictions along the flow, carried by Heun's method between neighbours."""
    heun, path = HeunFlow(along=VPCosine()), [denoiser(x, times[0])]
    for t in times[1:]:
        s = denoiser.sde.at(t, x)
        path.append(denoiser.at(heun.step(denoiser, path[-1:], s, _no_noise), s))
    return path


def _local_errors(denoiser: Denoiser, path: Sequence[Prediction], predictor: Predictor) -> np.ndarray:
    """[i, j]: RMS error of one step from time i to j, of the unit-scaled state. Past steps are taken to be as
    long."""
    count = len(path)
    errors = np.full((count, count), np.inf)
    for i in range(count):
        for j in range(i + 1, count):
            history = [path[k] for k in range(i, -1, i - j)][: predictor.memory][::-1]
            s = path[j].now
            gap = (predictor.step(denoiser, history, s, _no_noise) - path[j].x) / s.size
            errors[i, j] = (gap * gap).mean().item() ** 0.5
            if not np.isfinite(errors[i, j]):
                raise ValueError(
                    f"x is {errors[i, j]} off after the step from t = {history[-1].t} to {s.t}: "
                    "check the network's output"
                )
    return errors


def _cheapest(errors: np.ndarray, steps: int) -> list[int]:
    """Indices of the path of `steps` edges from first to last with the least sum."""
    cost, origins = errors[0], []
    for _ in range(steps - 1):
        through = cost[:, None] + errors
        origins.append(through.argmin(0))
        cost = through.min(0)
    path = [len(errors) - 1]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return [0, *reversed(path)]


def _no_noise() -> Array:
    raise ValueError("a grid is fitted for a deterministic predictor, and this one draws noise")
