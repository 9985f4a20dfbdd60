"""The end game of ItôWave: unroll the few-step sampler with gradients and train it on the sound it makes.

Spectral energy distance (Gritsenko et al. 2020, arXiv 2008.01160): with two samples y, y' for one condition,
d(x, y) + d(x, y') - d(y, y') is a proper scoring rule, so the best sampler is the true distribution: no
discriminator is needed, and the noise keeps its meaning.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from itoaudio.audio.mel import MelSpec, filter_bank

from .config import refinement
from .energy import copies, energy_score
from .vocoder import VocoderModule, VocoderRun, loaders

WINDOWS_AND_BANDS = ((2048, 160), (1024, 128), (512, 80), (256, 40), (128, 20))
MAGNITUDE_SHARE = 0.1


class RefineModule(VocoderModule):
    """Loss: spectral energy distance of the unrolled sampler's sound; the pitch net learns on beside it.

    ValueError without a section `refine`, or without weights to refine.
    """

    def __init__(self, run: VocoderRun) -> None:
        super().__init__(run)
        self.settings = refinement(run, run.refine)

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        loss = self.energy_distance(batch, self.turn)
        self.log("train/energy", loss, prog_bar=True)
        return loss + self.pitch_error(batch)

    @property
    def turn(self) -> int:
        """Steps of the sampler that this step of training unrolls: those of the settings in turn. A number
        that is named twice gets twice the steps."""
        return self.settings.steps[self.global_step % len(self.settings.steps)]

    def validation_step(self, batch: dict[str, Tensor], step: int) -> None:
        for count in dict.fromkeys(self.settings.steps):
            self.log(f"validation/energy_{count}", self.energy_distance(batch, count), prog_bar=True)
        if step == 0:
            self.show(batch, steps=self.settings.steps[0], **self._solver)

    def energy_distance(self, batch: dict[str, Tensor], steps: int) -> Tensor:
        """Attraction to the recording minus repulsion between two samples of `steps` steps."""
        return self.energy(*self.listened(batch, steps))

    def listened(self, batch: dict[str, Tensor], steps: int) -> tuple[Tensor, list[Tensor]]:
        """The recording (B, N) and its samples, two or, where nothing keeps them apart, one; at unit RMS of
        the recording."""
        scale = batch["audio"].square().mean(dim=1, keepdim=True).add(1e-8).rsqrt()
        samples = self.unrolled(batch, steps, copies=copies(self.settings.repulsion), **self._solver)
        return scale * batch["audio"], [scale * sound for sound in samples]

    def energy(self, recording: Tensor, samples: list[Tensor]) -> Tensor:
        """Spectral energy distance of one or two samples to a recording, (B, N) each: a scalar."""
        spec = self.run_config.corpus.mel
        with torch.autocast(recording.device.type, enabled=False):
            target, *drawn = (features(sound, spec) for sound in (recording, *samples))
            return energy_score(distance, target, drawn, repulsion=self.settings.repulsion)

    @property
    def _solver(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "t_start": settings.t_start,
            "t_end": settings.t_end,
            "projections": settings.projections,
            "temperature": settings.temperature,
        }


RUN = VocoderRun


def module(run: VocoderRun, cache: Path) -> RefineModule:
    """A new module. ValueError without a section `refine`, or without weights to refine."""
    return RefineModule(run)


__all__ = ["RUN", "RefineModule", "loaders", "module"]

Spectra = list[tuple[Tensor, Tensor]]


def features(sound: Tensor, spec: MelSpec) -> Spectra:
    """(magnitude (B, bins, F), log mel (B, bands, F)) at each resolution of sound (B, N)."""
    spectra = []
    for window, bands in WINDOWS_AND_BANDS:
        hann = torch.hann_window(window, device=sound.device)
        complex_spectrum = torch.stft(
            sound, window, window // 4, window=hann, center=False, return_complex=True
        )
        power = complex_spectrum.real.square() + complex_spectrum.imag.square()
        magnitude = (power + 1e-7).sqrt() / np.sqrt(window)
        bank = _bank(spec.sample_rate, window, bands).to(sound.device)
        spectra.append((magnitude, torch.log(bank @ magnitude + 1e-4)))
    return spectra


def distance(x: Spectra, y: Spectra) -> Tensor:
    """Mean over resolutions of frequency-wise L2 norms of magnitude and of log-mel differences: a scalar."""
    total = x[0][0].new_zeros(())
    for (x_magnitude, x_mel), (y_magnitude, y_mel) in zip(x, y):
        total = total + MAGNITUDE_SHARE * _norm(x_magnitude - y_magnitude) + _norm(x_mel - y_mel)
    return total / len(x)


def _norm(difference: Tensor) -> Tensor:
    return (difference.square().sum(dim=1) + 1e-8).sqrt().mean()


@lru_cache(maxsize=8)
def _bank(sample_rate: int, window: int, bands: int) -> Tensor:
    """Full-band filters (bands, bins), rows summing to 1 so that a log mel is a mean log magnitude's
    bound."""
    spec = MelSpec(sample_rate=sample_rate, n_fft=window, bands=bands, f_max=sample_rate / 2)
    bank = filter_bank(spec)
    total = bank.sum(axis=1, keepdims=True)
    # Narrow low bands of short windows may hold no bin at all: they then stay empty, and add nothing.
    return torch.from_numpy(bank / np.maximum(total, 1e-6))
