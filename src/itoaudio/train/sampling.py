"""Draws with torch networks: what training looks at and unrolls, starting as `runtime.solve` does."""

from torch import Tensor

from itoaudio.sde import GRIDS, PREDICTORS, Denoiser, LinearSDE, sample

FIRST_LEVEL = 0.999  # where `runtime.voice_format.Graphs` start, too


def first_time(sde: LinearSDE) -> float:
    """Where the draw of a network that is not refined starts: just short of alpha = 0, where a network that
    predicts the noise says nothing of the data."""
    if sde.noise_level(sde.t_max) <= FIRST_LEVEL:
        return sde.t_max
    return float(sde.t_of_noise_level(FIRST_LEVEL))


def draw(denoiser: Denoiser, noise: Tensor, *, steps: int, t_start: float, t_end: float = 1e-3) -> Tensor:
    """u (B, channels, F) by `steps` uniform steps of DPM-Solver++ 2M from sigma(t_start) times `noise`.

    Gradients flow through all steps. t_start: beyond t_max it is t_max; t_end: where the state is as good as
    clean. A state that is no number is not refused: it comes out, and stops all processes together; FSDP's
    others would wait for one that left early.
    """
    sde = denoiser.sde
    grid = GRIDS["uniform"](sde, steps, t_start=min(t_start, sde.t_max), t_end=t_end)
    return sample(
        denoiser,
        float(sde.sigma(grid[0])) * noise,
        grid=grid,
        predictor=PREDICTORS["dpm_solver_pp_2m"],
        noise=lambda: noise,
        check_finite=False,
    )
