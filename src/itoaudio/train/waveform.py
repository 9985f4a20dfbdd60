"""Training the paper's ItôWave: denoising score matching of a VE SDE on the waveform at unit RMS."""

from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from itoaudio.data.crops import CropSettings, VocoderCrops
from itoaudio.data.prepare import cache_folder
from itoaudio.networks.waveform import WaveformConfig, WaveformVocoder
from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    WEIGHTINGS,
    AnnealedLangevin,
    Denoiser,
    denoising_error,
    sample,
)

from .config import CropConfig, Run
from .module import Module


class WaveformRun(Run, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="waveform"):
    """`type: waveform`."""

    network: WaveformConfig = WaveformConfig()
    crops: CropConfig = CropConfig(batch=8, gain=0.0)


class WaveformModule(Module):
    """Loss: denoising error of every sample of the sound."""

    run_config: WaveformRun
    networks: WaveformVocoder

    def __init__(self, run: WaveformRun) -> None:
        super().__init__(run)
        self.networks = WaveformVocoder(run.network, run.corpus.mel)
        self.sde = run.sde.build()

    def denoiser(self, condition: Tensor) -> Denoiser:
        """The score network with its condition (B, M, N) bound, as samplers and the objective want it."""

        def network(state: Tensor, level: Tensor | float) -> Tensor:
            levels = torch.as_tensor(level, dtype=state.dtype, device=state.device).expand(len(state))
            return self.networks.score(state, levels, condition)

        return Denoiser(self.sde, network, PARAMETRISATIONS[self.run_config.sde.parametrisation])

    def errors(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """(error (B, 1, N), noise level (B,))."""
        state = self.networks.whiten(batch["audio"])
        t = self.times(self.sde, len(state))
        denoiser = self.denoiser(self.networks.condition(batch["mel"]))
        weighting = WEIGHTINGS[self.run_config.sde.weighting]
        error = denoising_error(denoiser, state, t, self.noise_like(state), weighting=weighting)
        return error, self.sde.noise_level(t)

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        error, _ = self.errors(batch)
        self.log("train/loss", error.mean(), prog_bar=True)
        return error.mean()

    def validation_step(self, batch: dict[str, Tensor], step: int) -> None:
        error, level = self.errors(batch)
        self.log("validation/loss", error.mean(), prog_bar=True)
        self.log_by_level("validation", error.mean(dim=(1, 2)), level)

    @torch.no_grad()
    def speak(self, log_mel: Tensor, *, steps: int = 1000, snr: float = 0.16, seed: int = 0) -> Tensor:
        """log_mel (B, M, F) -> audio (B, N) by the paper's sampler, reverse diffusion and Langevin in turn;
        the last answer is the posterior mean."""
        condition = self.networks.condition(log_mel)
        shape, generator = (len(condition), 1, condition.shape[-1]), torch.Generator().manual_seed(seed)

        def noise() -> Tensor:
            return torch.randn(shape, generator=generator).to(condition.device)

        state = sample(
            self.denoiser(condition),
            self.sde.prior(noise()),
            grid=GRIDS["uniform"](self.sde, steps),
            predictor=PREDICTORS["reverse_diffusion"],
            noise=noise,
            corrector=AnnealedLangevin(snr=snr),
            denoise_last=True,
        )
        return self.networks.colour(state)


RUN = WaveformRun


def module(run: WaveformRun, cache: Path) -> WaveformModule:
    """A new module; unlike the frame-domain vocoder it measures nothing on the corpus first."""
    return WaveformModule(run)


def loaders(run: WaveformRun, cache: Path) -> tuple[DataLoader, DataLoader]:
    """(training, validation) loaders; items are whole batches."""
    folder, spec = cache_folder(run.corpus, cache), run.corpus.mel
    settings = CropSettings(frames=run.crops.frames, batch=run.crops.batch, gain=run.crops.gain)
    seed, held_out = run.loop.seed, run.loop.validation_batches
    train = VocoderCrops(folder, "train", spec, settings, seed=seed, steps=run.optimiser.steps)
    validation = VocoderCrops(folder, "validation", spec, settings, seed=seed, steps=held_out)
    return DataLoader(train, batch_size=None), DataLoader(validation, batch_size=None)
