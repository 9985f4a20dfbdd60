"""Training ItôTTS: alignment, predictors and score network in one run, from scratch.

Loss = prior + duration + pitch + energy (see `acoustic_losses`) + contour + mean + denoising, all unweighted.
The last three, from `decoder_start` on, are the errors of each frame's pitch and of the condition network,
which is told the recording's own pitch, and the objective of both models.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor
from torch.utils.data import DataLoader

from itoaudio.data.acoustic import AcousticBatch, AcousticBatches, load, statistics
from itoaudio.data.manifest import Part
from itoaudio.data.prepare import cache_folder
from itoaudio.data.shards import read_index
from itoaudio.data.streams import AcousticStream
from itoaudio.networks.acoustic import AcousticModel, AcousticNetworkConfig, Condition, folded
from itoaudio.sde import PARAMETRISATIONS, WEIGHTINGS, Denoiser, denoising_error
from itoaudio.text.symbols import ENGLISH_SYMBOLS, SymbolTable

from .acoustic_losses import Aligned, Crops, aligned, contour_error, crop, masked_mean
from .acoustic_pictures import picture
from .acoustic_sampling import speak
from .config import RefineConfig, Run, load_run
from .job import mean_over_processes
from .module import Module


class UtteranceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A batch. size: utterances; join_probability: share of batches joined by twos and threes;
    crop_frames: of each crop that the frame networks see; prosody_noise: error added there to pitch and
    energy, in standard deviations.
    """

    size: int = 16
    join_probability: float = 0.15
    crop_frames: int = 128
    prosody_noise: float = 0.15


class ScheduleConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps at which parts change. decoder_start: the frame networks join; prior_end: the alignment's
    diagonal prior has faded out; residual_end: the scale of mel minus mean is fixed from here on.
    """

    decoder_start: int = 300
    prior_end: int = 1000
    residual_end: int = 3000


class AcousticRun(Run, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="acoustic"):
    """`ito train acoustic`. symbols: the table; it stays with the run when the default grows.

    speakers: their names in the corpus, for a voice of several. statistics: of mel, pitch and energy; a voice
    fine-tuned to another speaker does better with the new corpus' own than with those it starts from.
    start_speaker: for a voice of one that starts from a voice of several, whose voice it begins with.
    """

    symbols: str = "".join(ENGLISH_SYMBOLS.symbols)
    speakers: tuple[str, ...] = ()
    statistics: Literal["start", "corpus"] = "start"
    start_speaker: str = ""
    network: AcousticNetworkConfig = AcousticNetworkConfig()
    batch: UtteranceConfig = UtteranceConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    refine: RefineConfig | None = None


class AcousticModule(Module):
    """Alignment and predictors from the first step on, the frame networks from `schedule.decoder_start`."""

    run_config: AcousticRun
    networks: AcousticModel

    def __init__(self, run: AcousticRun) -> None:
        super().__init__(run)
        self.networks = new_networks(run)
        self.sde = run.sde.build()
        self.parametrisation = PARAMETRISATIONS[run.sde.parametrisation]
        self.context = run.network.condition.reach_frames
        self._rests: list[tuple[Tensor, Tensor]] = []
        """Squares of mel minus mean (M,) and frames in the parts of this step's batch so far."""

    @property
    def parts(self) -> int:
        """Into how many parts this process' share of a batch is dealt."""
        return self._trainer.accumulate_grad_batches if self._trainer else 1

    def adapted(self, weights: dict[str, Tensor], start: Path) -> dict[str, Tensor]:
        """With `start_speaker` folded in. ValueError when the run at `start` has none of the name."""
        name = self.run_config.start_speaker
        if not name:
            return weights
        run = load_run(start / "config.yaml", AcousticRun)
        assert isinstance(run, AcousticRun)
        known = run.speakers
        if name not in known:
            raise ValueError(f"start_speaker {name!r} is not in {start}: its speakers are {', '.join(known)}")
        return folded(weights, known.index(name))

    def started(self, cache: Path) -> None:
        """Statistics are the corpus' own again where the config says so."""
        if self.run_config.statistics == "corpus":
            self.networks.set_statistics(corpus_statistics(self.run_config, cache))

    def training_step(self, batch: AcousticBatch, batch_index: int) -> Tensor:
        step, schedule = self.global_step, self.run_config.schedule
        item = aligned(self.networks, batch, prior_weight=max(0.0, 1 - step / schedule.prior_end))
        losses = item.losses
        if step >= schedule.decoder_start:
            crops, condition = self.conditioned(item)
            error, _ = self.denoising(crops, condition)
            losses |= {
                "contour": self.contour_error(crops),
                "mean": self.mean_error(crops, condition),
                "denoising": masked_mean(error, crops.mask),
            }
            if step < schedule.residual_end:
                self.follow_residual(crops, condition)
        for name, value in losses.items():
            self.log(f"train/{name}", value, prog_bar=name in ("prior", "denoising"))
        return torch.stack(list(losses.values())).sum()

    def validation_step(self, batch: AcousticBatch, batch_index: int) -> None:
        item = aligned(self.networks, batch, prior_weight=0.0)
        crops, condition = self.conditioned(item)
        error, level = self.denoising(crops, condition)
        losses = item.losses | {
            "contour": self.contour_error(crops),
            "mean": self.mean_error(crops, condition),
        }
        for name, value in losses.items():
            self.log(f"validation/{name}", value, batch_size=len(batch.ids))
        self.log("validation/loss", masked_mean(error, crops.mask), prog_bar=True, batch_size=len(level))
        real = crops.mask.squeeze(-1)
        self.log_by_level("validation", (error * real).sum(1) / real.sum(1), level)
        if batch_index == 0 and isinstance(self.logger, TensorBoardLogger):
            self.show(batch, item)

    def conditioned(self, item: Aligned) -> tuple[Crops, Condition]:
        """Random crops and what the condition network says of them, the context cut off."""
        settings = self.run_config.batch
        noise = settings.prosody_noise if self.training else 0.0
        crops = crop(
            item,
            frames=settings.crop_frames,
            count=max(1, settings.size // self.shares),
            context=self.context,
            draws=self.draws,
            prosody_noise=noise,
        )
        heard = (crops.contour, crops.voicing)
        answer = self.networks.condition(
            crops.hidden, crops.pitch, crops.energy, crops.context_mask, heard=heard
        )
        end = answer.mean.shape[-1] - self.context
        return crops, Condition(*(part[..., self.context : end] for part in answer))

    def contour_error(self, crops: Crops) -> Tensor:
        """Error of the contour network on the crops with their context: scalar."""
        guess = self.networks.condition.contour(crops.hidden, crops.pitch, crops.energy, crops.context_mask)
        return contour_error(guess, crops)

    def mean_error(self, crops: Crops, condition: Condition) -> Tensor:
        """Squared error of the condition network's mean, standardised: scalar."""
        mean = condition.mean * self.networks.condition.residual
        return masked_mean((crops.mel - mean).square().mean(1), crops.mask)

    def denoising(self, crops: Crops, condition: Condition) -> tuple[Tensor, Tensor]:
        """(error (B, L), mean over the bands; noise level (B,)). The mean learns from its own loss only."""
        mask = crops.mask.transpose(1, 2)
        u = (crops.mel / self.networks.condition.residual - condition.mean.detach()) * mask  # (B, M, L)
        t = self.times(self.sde, len(u))
        denoiser = Denoiser(self.sde, self.networks.bound(condition, crops.mask), self.parametrisation)
        weighting = WEIGHTINGS[self.run_config.sde.weighting]
        return denoising_error(denoiser, u, t, self.noise_like(u), weighting=weighting).mean(
            1
        ), self.sde.noise_level(t)

    @torch.no_grad()
    def follow_residual(self, crops: Crops, condition: Condition, *, momentum: float = 0.99) -> None:
        """Move the scale of mel minus mean towards that of a step's crops, once all of its parts are seen."""
        residual, mask = self.networks.condition.residual, crops.mask.transpose(1, 2)
        square = (crops.mel - condition.mean * residual).square() * mask  # (B, M, L)
        total, count = mean_over_processes(square.sum((0, 2))), mean_over_processes(mask.sum())
        self._rests.append((total, count))
        if len(self._rests) < self.parts:
            return
        total, count = (torch.stack(parts).sum(0) for parts in zip(*self._rests))
        self._rests = []
        now = (total / count).sqrt().clamp(min=1e-2).unsqueeze(1)
        # Not in place: the backward pass still needs the old one.
        self.networks.condition.residual = residual.lerp(now, 1 - momentum)

    def show(self, batch: AcousticBatch, item: Aligned) -> None:
        """The first utterance in the log: its alignment, and its mel beside one drawn from its text."""
        symbols, frames = int(batch.symbols[0]), int(batch.frames[0])
        ids, durations = batch.ids[:1, :symbols], item.durations[:1, :symbols]
        drawn, guessed = speak(self.networks, ids, self.sde, self.parametrisation, speaker=batch.speaker[:1])
        table = SymbolTable(tuple(self.run_config.symbols))
        figure = picture(
            table.decode(ids[0].tolist()), durations[0], guessed[0], batch.log_mel[0, :, :frames], drawn[0]
        )
        assert isinstance(self.logger, TensorBoardLogger)
        self.logger.experiment.add_figure("validation/mel", figure, self.global_step)


RUN = AcousticRun


def module(run: AcousticRun, cache: Path) -> AcousticModule:
    """The module with the training part's statistics."""
    made = AcousticModule(run)
    made.networks.set_statistics(corpus_statistics(run, cache))
    return made


def new_networks(run: AcousticRun) -> AcousticModel:
    """The networks that a run trains, untrained."""
    return AcousticModel(
        run.network,
        symbols=len(run.symbols),
        spec=run.corpus.mel,
        speakers=max(1, len(run.speakers)),
    )


def corpus_statistics(run: AcousticRun, cache: Path) -> Mapping[str, object]:
    """Statistics of the training part."""
    url = run.distributed.shards
    if url is None:
        return statistics(load(cache_folder(run.corpus, cache), "train", run.speakers))
    return read_index(url, run.corpus).arrays()


def loaders(run: AcousticRun, cache: Path) -> tuple[DataLoader, DataLoader]:
    """(training, validation) loaders; items are whole batches."""
    folder, settings, table = cache_folder(run.corpus, cache), run.batch, SymbolTable(tuple(run.symbols))
    seed = run.loop.seed
    if run.distributed.shards is not None:
        return _streams(run, table)
    train = AcousticBatches(
        load(folder, "train", run.speakers),
        table,
        batch_size=settings.size,
        steps=run.optimiser.steps,
        seed=seed,
        join_probability=settings.join_probability,
    )
    steps = run.loop.validation_batches
    held_out = AcousticBatches(
        load(folder, "validation", run.speakers),
        table,
        batch_size=settings.size,
        steps=steps,
        seed=seed,
    )
    return DataLoader(train, batch_size=None), DataLoader(held_out, batch_size=None)


def _streams(run: AcousticRun, table: SymbolTable) -> tuple[DataLoader, DataLoader]:
    """As `loaders`, from the shards of the config."""
    url, settings = run.distributed.shards, run.batch
    assert url is not None
    if settings.join_probability > 0:
        raise ValueError(f"run {run.name}: streams join no utterances: set `batch: {{join_probability: 0}}`")

    def stream(part: Part, steps: int) -> DataLoader:
        made = AcousticStream(
            url,
            run.corpus,
            part,
            table,
            batch_size=settings.size,
            steps=steps,
            seed=run.loop.seed,
            speakers=run.speakers,
        )
        return DataLoader(made, batch_size=None)

    return stream("train", run.optimiser.steps), stream("validation", run.loop.validation_batches)
