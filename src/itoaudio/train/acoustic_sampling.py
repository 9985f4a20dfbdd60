"""Text to mel with torch networks: what training looks at and refines, what exports are compared with."""

import torch
from torch import Tensor

from itoaudio.networks.acoustic import AcousticModel, Condition, repeat
from itoaudio.sde import GRIDS, PREDICTORS, Denoiser, LinearSDE, Parametrisation, sample


def draw(denoiser: Denoiser, noise: Tensor, *, steps: int, t_end: float = 1e-3) -> Tensor:
    """u (B, M, F) by `steps` uniform steps of DPM-Solver++ 2M from the prior draw of `noise`.

    Gradients flow through all steps; t_end: where the state is as good as clean. A state that is no number
    is not refused: it comes out.
    """
    sde = denoiser.sde
    grid = GRIDS["uniform"](sde, steps, t_end=t_end)
    predictor = PREDICTORS["dpm_solver_pp_2m"]
    return sample(
        denoiser,
        sde.prior(noise),
        grid=grid,
        predictor=predictor,
        noise=lambda: noise,
        check_finite=False,
    )


@torch.no_grad()
def speak(
    model: AcousticModel,
    ids: Tensor,
    sde: LinearSDE,
    parametrisation: Parametrisation,
    *,
    steps: int = 8,
    temperature: float = 0.7,
    durations: Tensor | None = None,
    speaker: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """ids (1, S) int64 -> natural-log mel (1, M, F) and durations (1, S) in frames.

    temperature: scale of the prior's noise; durations: in place of the predicted ones; speaker (1,) int64.
    """
    spoken = model.text(ids, speaker)
    if durations is None:
        durations = spoken.log_duration.exp().round().long().clamp(min=1)
    frames = int(durations.sum())
    condition: Condition = model.condition(
        *(repeat(values, durations, frames) for values in (spoken.hidden, spoken.pitch, spoken.energy))
    )
    denoiser = Denoiser(sde, model.bound(condition), parametrisation)
    u = draw(denoiser, temperature * torch.randn_like(condition.mean), steps=steps)
    return model.denormalise(condition.mean + u), durations
