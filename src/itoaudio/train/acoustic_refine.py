"""The end game of ItôTTS: unroll the few-step sampler with gradients and train it on the mels it makes.

Energy distance (Gritsenko et al. 2020, arXiv 2008.01160): with two samples y, y' for one text,
d(x, y) + d(x, y') - d(y, y') is a proper scoring rule. Here d is the mean Euclidean distance of patches of
the normalised mel, wide and narrow: long vectors alone would say little of how neighbours move together.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from itoaudio.data.acoustic import AcousticBatch
from itoaudio.networks.acoustic import Condition
from itoaudio.sde import Denoiser

from . import acoustic
from .acoustic import AcousticModule, AcousticRun
from .acoustic_losses import Crops, aligned
from .config import RefineConfig, refinement
from .energy import copies, energy_score
from .sampling import draw

PATCHES = ((80, 1), (20, 4), (10, 8), (4, 2))  # bands and frames of each


class AcousticRefineModule(AcousticModule):
    """Loss: energy distance of the unrolled sampler's mels; encoder and all predictors stay as they are.

    ValueError without a section `refine`, with keys of the vocoder's there, or without weights to refine.
    """

    def __init__(self, run: AcousticRun) -> None:
        super().__init__(run)
        self.settings = refinement(run, run.refine)
        _refuse_vocoder_keys(run.name, self.settings)
        self.networks.text.requires_grad_(False)
        self.networks.condition.contour.requires_grad_(False)

    def training_step(self, batch: AcousticBatch, batch_index: int) -> Tensor:
        crops, condition = self.aligned_crops(batch)
        return self.refined(crops, condition, *self.drawn(crops, condition, steps=self.turn))

    def refined(
        self, crops: Crops, condition: Condition, target: Tensor, samples: Sequence[Tensor]
    ) -> Tensor:
        """Energy distance of the samples, and the error of the mean that they start from: a scalar."""
        distance = self.energy(target, samples)
        mean = self.mean_error(crops, condition)
        self.log("train/energy_distance", distance, prog_bar=True)
        self.log("train/mean", mean)
        return distance + mean

    def validation_step(self, batch: AcousticBatch, batch_index: int) -> None:
        crops, condition = self.aligned_crops(batch)
        for count in self.settings.steps:
            distance = self.energy_distance(crops, condition, steps=count)
            self.log(f"validation/energy_distance_{count}", distance, batch_size=len(crops.mel))

    def aligned_crops(self, batch: AcousticBatch) -> tuple[Crops, Condition]:
        """Crops of the frozen encoder's features, and their condition, which is refined too."""
        self.networks.eval()  # no dropout: what is trained is the sampler as it will run
        with torch.no_grad():
            item = aligned(self.networks, batch, prior_weight=0.0)
        return self.conditioned(item)

    @property
    def turn(self) -> int:
        """Steps of the sampler that this step of training unrolls: those of the settings in turn."""
        return self.settings.steps[self.global_step % len(self.settings.steps)]

    def energy_distance(self, crops: Crops, condition: Condition, *, steps: int) -> Tensor:
        """Attraction to the recording minus repulsion between two draws of `steps` steps: scalar."""
        return self.energy(*self.drawn(crops, condition, steps=steps))

    def energy(self, target: Tensor, samples: Sequence[Tensor]) -> Tensor:
        """Energy distance of one or two samples to a recording, (B, M, L) each: a scalar."""
        return energy_score(patch_distance, target, samples, repulsion=self.settings.repulsion)

    def drawn(self, crops: Crops, condition: Condition, *, steps: int) -> tuple[Tensor, list[Tensor]]:
        """The recording and its samples, two or, where nothing keeps them apart, one; (B, M, L) each, in
        units of the residual, 0 where nothing is."""
        count = copies(self.settings.repulsion)
        real = crops.mask.transpose(1, 2)
        each = Condition(*(part.repeat(count, 1, 1) for part in condition))
        network = self.networks.bound(each, crops.mask.repeat(count, 1, 1))
        denoiser = Denoiser(self.sde, network, self.parametrisation)
        settings = self.settings
        noise = settings.temperature * torch.cat([self.noise_like(condition.mean) for _ in range(count)])
        u = draw(denoiser, noise, steps=steps, t_start=settings.t_start, t_end=settings.t_end)
        samples = ((each.mean + u) * real.repeat(count, 1, 1)).chunk(count)
        return crops.mel / self.networks.condition.residual * real, list(samples)


def _refuse_vocoder_keys(name: str, settings: RefineConfig) -> None:
    """ValueError for what only the vocoder's end game heeds."""
    for key in ("projections", "locked_pulse"):
        value, default = getattr(settings, key), getattr(RefineConfig(), key)
        if value != default:
            raise ValueError(
                f"run {name}: refine.{key} = {value} is for refine-vocoder alone: leave it out, as {default}"
            )


def patch_distance(x: Tensor, y: Tensor) -> Tensor:
    """Mean over sizes of patches of the mean root-mean-square difference: x, y (B, M, F) -> scalar."""
    total = x.new_zeros(())
    for bands, frames in PATCHES:
        bands, frames = min(bands, x.shape[1]), min(frames, x.shape[2])
        patches = (x - y).unfold(1, bands, bands).unfold(2, frames, frames)  # (B, m, f, bands, frames)
        total = total + (patches.square().mean((-1, -2)) + 1e-8).sqrt().mean()
    return total / len(PATCHES)


RUN = AcousticRun


def module(run: AcousticRun, cache: Path) -> AcousticRefineModule:
    """A new module. ValueError without a section `refine`, or without weights to refine."""
    return AcousticRefineModule(run)


def loaders(run: AcousticRun, cache: Path) -> tuple[DataLoader, DataLoader]:
    """As for score matching."""
    return acoustic.loaders(run, cache)
