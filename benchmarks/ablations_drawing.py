"""How the ablations train a small network and draw from any network: everything by `itoaudio.sde` and our
own training modules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from itoaudio.sde import GRIDS, PREDICTORS, AnnealedLangevin, Denoiser, LinearSDE, sample
from itoaudio.train.draws import Draws
from itoaudio.train.module import TRAINING, Module

START, END = 50.0, 1e-3
"""sigma/alpha where the flow starts and where every sampler ends, for all families alike."""
FEW_START = 0.999  # the time at which `VocoderModule.unrolled` starts


@dataclass(frozen=True, kw_only=True)
class Way:
    """A sampler and its network calls, the last one being the posterior mean of the last state.

    flow: DPM-Solver++ 2M on the probability flow, on `grid` (edm: the same noise levels for every family);
    predictor: reverse diffusion, uniform in the family's own time; pc: the same with a Langevin step of
    ratio `snr` after each step but the last, so half as many steps for the same calls; few: the sampler that
    the end game unrolls, without a posterior mean at its end.
    """

    kind: str
    calls: int
    snr: float = 0.16
    grid: str = "edm"

    @property
    def name(self) -> str:
        """As tables call it."""
        ratio = f" r={self.snr:g}" if self.kind == "pc" else ""
        return f"{self.kind} {self.calls}{ratio}" + (f" {self.grid}" if self.grid != "edm" else "")


@torch.no_grad()
def draw(denoiser: Denoiser, shape: tuple[int, ...], way: Way, *, seed: int) -> Tensor:
    """A state of `shape` from the prior, by `way`: the posterior mean of its last state."""
    generator, sde = torch.Generator().manual_seed(seed), denoiser.sde

    def noise() -> Tensor:
        return torch.randn(shape, generator=generator)

    if way.kind == "few":
        state = noise()
        grid = GRIDS["uniform"](sde, way.calls, t_start=FEW_START, t_end=END)
        predictor, corrector = PREDICTORS["dpm_solver_pp_2m"], None
    elif way.kind == "flow":
        first = at_ratio(sde, START)
        state = sde.sigma(first) * noise()
        if way.calls == 1:
            return denoiser(state, first).denoised
        grid = GRIDS[way.grid](sde, way.calls - 1, t_start=first, t_end=at_ratio(sde, END))
        predictor, corrector = PREDICTORS["dpm_solver_pp_2m"], None
    else:
        first = sde.t_max if sde.alpha(sde.t_max) > 0 else at_ratio(sde, START)
        state = sde.sigma(first) * noise()
        corrector = AnnealedLangevin(snr=way.snr) if way.kind == "pc" else None
        steps = way.calls // 2 if corrector else way.calls - 1
        grid = GRIDS["uniform"](sde, steps, t_start=first, t_end=at_ratio(sde, END))
        predictor = PREDICTORS["reverse_diffusion"]
    return sample(
        denoiser,
        state,
        grid=grid,
        predictor=predictor,
        noise=noise,
        corrector=corrector,
        denoise_last=way.kind != "few",
    )


def at_ratio(sde: LinearSDE, ratio: float) -> float:
    """The time at which sigma/alpha is `ratio`."""
    return float(sde.t_of_half_log_snr(-np.log(ratio)))


def train(
    module: Module,
    loss: Callable[[Any], Tensor],
    batches: Sequence[Any],
    *,
    seed: int,
) -> None:
    """One step of the module's own optimiser and schedule a batch; the module is left averaged and at rest.

    Noise and times are functions of (seed, step), so arms of one seed share them.
    """
    settings, made = module.run_config.optimiser, module.configure_optimizers()
    optimiser, schedule = made["optimizer"], made["lr_scheduler"]["scheduler"]
    weights = [weight for weight in module.networks.parameters() if weight.requires_grad]
    average = [weight.detach().clone() for weight in weights]
    module.train()
    for step, batch in enumerate(batches):
        module.draws = Draws(seed, TRAINING, step)
        torch.manual_seed(1_000_003 * seed + step)  # of dropout
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(batch)
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(weights, settings.clip_norm)
        optimiser.step()
        schedule.step()
        torch._foreach_lerp_(average, [weight.detach() for weight in weights], 1 - settings.average_decay)
    with torch.no_grad():
        for weight, kept in zip(weights, average):
            weight.copy_(kept)
    module.eval()
