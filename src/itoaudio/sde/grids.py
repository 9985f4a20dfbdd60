"""Time grids: N + 1 decreasing float64 times for N steps, from t_start (default t_max) to t_end.

`uniform` in t (on VE this is Song & Ermon 2019's geometric noise scale); `log_snr` in lambda (Lu et al.
2022); `geometric` in log t; `edm` in (sigma/alpha)^(1/rho) (Karras et al. 2022, eq. 5). Names are what
configs and voice.json use.
"""

from collections.abc import Callable

import numpy as np

from .linear import LinearSDE

Grid = Callable[..., np.ndarray]

LEAST_HALF_LOG_SNR = -7.0
"""Grids in sigma/alpha cannot start at alpha = 0: they start where alpha/sigma = 1e-3 instead."""


def uniform(sde: LinearSDE, steps: int, *, t_start: float | None = None, t_end: float = 1e-3) -> np.ndarray:
    """Equal steps in t."""
    return np.linspace(_start(sde, steps, t_start, t_end), t_end, steps + 1)


def log_snr(sde: LinearSDE, steps: int, *, t_start: float | None = None, t_end: float = 1e-3) -> np.ndarray:
    """Equal steps in half log-SNR; t_end > 0."""
    first, last = _half_log_snrs(sde, steps, t_start, t_end)
    if not np.isfinite(last):
        raise ValueError(f"t_end = {t_end} has no noise: log_snr takes infinitely many steps there")
    return _times(sde, np.linspace(first, last, steps + 1), t_start, t_end)


def geometric(sde: LinearSDE, steps: int, *, t_start: float | None = None, t_end: float = 1e-3) -> np.ndarray:
    """Equal ratios of t; t_end > 0."""
    start = _start(sde, steps, t_start, t_end)
    if t_end == 0:
        raise ValueError(f"t_end = {t_end}: geometric takes infinitely many steps there")
    return np.geomspace(start, t_end, steps + 1)


def edm(
    sde: LinearSDE, steps: int, *, t_start: float | None = None, t_end: float = 1e-3, rho: float = 7.0
) -> np.ndarray:
    """Equal steps in (sigma/alpha)^(1/rho)."""
    if not rho > 0:
        raise ValueError(f"rho = {rho}: Karras et al. use 7, and 1 is even in sigma/alpha")
    first, last = np.exp(-_half_log_snrs(sde, steps, t_start, t_end) / rho)
    with np.errstate(divide="ignore"):
        return _times(sde, -rho * np.log(np.linspace(first, last, steps + 1)), t_start, t_end)


GRIDS: dict[str, Grid] = {"uniform": uniform, "log_snr": log_snr, "geometric": geometric, "edm": edm}


def check_grid(grid: np.ndarray) -> np.ndarray:
    """`grid` in float64, or ValueError when it is not strictly decreasing with at least two times."""
    times = np.asarray(grid, dtype=np.float64)
    if times.ndim != 1 or len(times) < 2 or not np.all(np.diff(times) < 0):
        raise ValueError(
            f"grid must fall strictly and hold at least 2 times, got {np.array2string(times, threshold=8)}"
        )
    return times


def _start(sde: LinearSDE, steps: int, t_start: float | None, t_end: float) -> float:
    start = sde.t_max if t_start is None else t_start
    if steps < 1:
        raise ValueError(f"steps = {steps}: a grid needs at least 1 step")
    if not 0 <= t_end < start <= sde.t_max:
        raise ValueError(
            f"need 0 <= t_end < t_start <= {sde.t_max}, got t_end = {t_end} and t_start = {start}"
        )
    return start


def _half_log_snrs(sde: LinearSDE, steps: int, t_start: float | None, t_end: float) -> np.ndarray:
    ends = np.array([_start(sde, steps, t_start, t_end), t_end])
    return np.maximum(sde.half_log_snr(ends), LEAST_HALF_LOG_SNR)


def _times(sde: LinearSDE, half_log_snr: np.ndarray, t_start: float | None, t_end: float) -> np.ndarray:
    times = sde.t_of_half_log_snr(half_log_snr)
    if half_log_snr[0] > LEAST_HALF_LOG_SNR:
        times[0] = sde.t_max if t_start is None else t_start  # the ends are exact, not round trips
    times[-1] = t_end
    return times
