"""Text to mel with torch networks: what training looks at, and what exports are compared with."""

import torch
from torch import Tensor

from itoaudio.networks.acoustic import AcousticModel, Condition, repeat
from itoaudio.sde import Denoiser, LinearSDE, Parametrisation

from .sampling import draw, first_time


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
    noise = temperature * torch.randn_like(condition.mean)
    u = draw(denoiser, noise, steps=steps, t_start=first_time(sde))
    return model.denormalise(condition.mean + u), durations
