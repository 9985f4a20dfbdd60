"""Training ItôWave in the frame domain by denoising score matching on whitened MDCT coefficients."""

from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor
from torch.utils.data import DataLoader

from itoaudio.data.crops import CropSettings, VocoderCrops
from itoaudio.data.manifest import Part
from itoaudio.data.prepare import cache_folder
from itoaudio.data.streams import VocoderStream
from itoaudio.networks.vocoder import FrameVocoder, FrameVocoderConfig
from itoaudio.sde import PARAMETRISATIONS, WEIGHTINGS, Denoiser, denoising_error

from .acoustic_mels import AcousticMelConfig, acoustic_mels
from .config import CropConfig, RefineConfig, Run
from .depth import KeptBlocks, shallower
from .job import mean_over_processes
from .module import Module
from .sampling import draw, first_time
from .vocoder_pictures import picture

ENVELOPE_BATCHES = 24
SHOWN_STEPS = 8


class VocoderRun(Run, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="vocoder"):
    """`ito train vocoder`. acoustic_mels: bring an acoustic model's mels beside the recordings' own;
    kept_blocks: of a deeper network that the run starts from, the blocks to go on with."""

    network: FrameVocoderConfig = FrameVocoderConfig()
    crops: CropConfig = CropConfig()
    refine: RefineConfig | None = None
    acoustic_mels: AcousticMelConfig | None = None
    kept_blocks: KeptBlocks | None = None


class VocoderModule(Module):
    """Loss: denoising error of the whitened state, plus the pitch net's own errors (its weights are
    apart)."""

    run_config: VocoderRun
    networks: FrameVocoder

    def __init__(self, run: VocoderRun) -> None:
        super().__init__(run)
        self.networks = FrameVocoder(run.network, run.corpus.mel)
        self.sde = run.sde.build()

    def adapted(self, weights: dict[str, Tensor], start: Path) -> dict[str, Tensor]:
        """Without the blocks that `kept_blocks` leaves out. ValueError for a block that `start` has not."""
        kept = self.run_config.kept_blocks
        return weights if kept is None else shallower(weights, kept, source=start)

    def denoiser(self, condition: Tensor, pulse: Tensor) -> Denoiser:
        """The score network with its condition bound, as samplers and the objective want it."""

        def network(state: Tensor, level: Tensor | float) -> Tensor:
            levels = torch.as_tensor(level, dtype=state.dtype, device=state.device).expand(len(state))
            return self.networks.score(state, levels, condition=condition, pulse=pulse)

        return Denoiser(self.sde, network, PARAMETRISATIONS[self.run_config.sde.parametrisation])

    def errors(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """(error (B, K, F) of the score, noise level (B,), error of the pitch net, scalar)."""
        condition, log_envelope = self.networks.condition(
            batch["mel"], batch["log_f0"], batch["voicing"], batch["pulse"]
        )
        state = self.networks.whiten(batch["audio"], log_envelope.float())
        t = self.times(self.sde, len(state))
        noise = self.noise_like(state)
        weighting = WEIGHTINGS[self.run_config.sde.weighting]
        denoiser = self.denoiser(condition, batch["pulse"])
        error = denoising_error(denoiser, state, t, noise, weighting=weighting)
        return error, self.sde.noise_level(t), self.pitch_error(batch)

    def unrolled(
        self,
        batch: dict[str, Tensor],
        steps: int,
        *,
        copies: int = 1,
        t_start: float = 0.999,
        t_end: float = 1e-3,
        projections: int = 0,
        temperature: float = 1.0,
    ) -> Tensor:
        """`copies` samples of each crop by `steps` steps from noise: (copies, B, N), with gradients.

        t_start: beyond t_max it is t_max.
        """
        condition, log_envelope = self.networks.condition(
            batch["mel"], batch["log_f0"], batch["voicing"], batch["pulse"]
        )
        denoiser = self.denoiser(condition.repeat(copies, 1, 1), batch["pulse"].repeat(copies, 1, 1))
        noise = temperature * torch.cat([self.noise_like(log_envelope.float()) for _ in range(copies)])
        state = draw(denoiser, noise, steps=steps, t_start=t_start, t_end=t_end)
        sound = self.networks.colour(state.float(), log_envelope.float().repeat(copies, 1, 1))
        sound = self.networks.project(sound, batch["mel"].repeat(copies, 1, 1), projections)
        return sound.unflatten(0, (copies, -1))

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        error, _, pitch_error = self.errors(batch)
        self.log("train/loss", error.mean(), prog_bar=True)
        self.log("train/pitch", pitch_error)
        return error.mean() + pitch_error

    def validation_step(self, batch: dict[str, Tensor], step: int) -> None:
        error, level, pitch_error = self.errors(batch)
        self.log("validation/loss", error.mean(), prog_bar=True)
        self.log("validation/pitch", pitch_error)
        self.log_by_level("validation", error.mean(dim=(1, 2)), level)
        for band, part in enumerate(error.mean(dim=(0, 2)).split(error.shape[1] // 4)):
            self.log(f"validation/band_{band}", part.mean())
        if step == 0:
            self.show(batch, steps=SHOWN_STEPS, t_start=first_time(self.sde))

    @torch.no_grad()
    def show(self, batch: dict[str, Tensor], **solver: Any) -> None:
        """The batch's first crop in the log, as recorded and as `unrolled` draws it: sound and picture."""
        drawn = self.unrolled({name: values[:1] for name, values in batch.items()}, **solver)[0, 0]
        if not drawn.isfinite().all():
            return
        rate = self.run_config.corpus.mel.sample_rate
        assert isinstance(self.logger, TensorBoardLogger)
        log = self.logger.experiment
        for name, sound in (("recording", batch["audio"][0]), ("drawn", drawn)):
            loudest = sound.abs().max().clamp(min=1e-4)
            log.add_audio(
                f"validation/{name}", (0.9 * sound / loudest).unsqueeze(0).cpu(), self.global_step, rate
            )
        log.add_figure("validation/spectrograms", picture(batch["audio"][0], drawn, rate), self.global_step)

    def pitch_error(self, batch: dict[str, Tensor]) -> Tensor:
        """Error of the pitch net: |log F0| where voiced, squared voicing."""
        log_f0, voicing = self.networks.pitch(batch["mel"])
        voiced = batch["voicing"]
        pitch = ((log_f0 - batch["log_f0"]).abs() * voiced).sum() / mean_over_processes(voiced.sum()).clamp(
            min=1
        )
        return 5 * pitch + torch.nn.functional.mse_loss(voicing, voiced)

    def fit_envelope(self, crops: VocoderCrops) -> None:
        """Measure the envelope's constants on real speech; done once, before the first step."""
        batches = [
            {k: torch.from_numpy(v) for k, v in crops[step].items()} for step in range(ENVELOPE_BATCHES)
        ]
        self.networks.condition.envelope.fit([(b["mel"], self.networks.mdct(b["audio"])) for b in batches])


def loaders(run: VocoderRun, cache: Path) -> tuple[DataLoader, DataLoader]:
    """(training, validation) loaders; items are whole batches."""
    folder = cache_folder(run.corpus, cache)
    settings = CropSettings(
        frames=run.crops.frames,
        batch=run.crops.batch,
        gain=run.crops.gain,
        stretch=run.crops.stretch,
        locked_pulse=run.refine is None or run.refine.locked_pulse,
        spectrum_samples=run.network.spectrum_samples,
    )
    seed, url, spoken = run.loop.seed, run.distributed.shards, run.acoustic_mels
    if url is not None and spoken is not None:
        raise ValueError(f"run {run.name}: streams bring no acoustic_mels: leave out one of the two")

    def crops(part: Part, steps: int) -> VocoderCrops:
        if url is not None:
            return VocoderStream(url, run.corpus, part, settings, seed=seed, steps=steps)
        made = acoustic_mels(spoken, run.corpus, cache, part) if spoken else None
        share = spoken.share if spoken else 0.0
        return VocoderCrops(
            folder, part, run.corpus.mel, settings, seed=seed, steps=steps, acoustic_mels=made, share=share
        )

    train, held_out = crops("train", run.optimiser.steps), crops("validation", run.loop.validation_batches)
    return DataLoader(train, batch_size=None), DataLoader(held_out, batch_size=None)


RUN = VocoderRun


def module(run: VocoderRun, cache: Path) -> VocoderModule:
    """A new module whose envelope fits the corpus."""
    made = VocoderModule(run)
    crops = loaders(run, cache)[0].dataset
    assert isinstance(crops, VocoderCrops)
    made.fit_envelope(crops)
    return made
