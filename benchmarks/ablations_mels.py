"""Mels for the ablations: crops of utterances, given what the shipped condition network says of their text.

Text encoder, alignment and condition network are the shipped ones and rest. "Plain" is the paper's SDE, on
the standardised mel; "whitened" is ours, on what the condition network's mean leaves, scaled to variance 1.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from ablations_tasks import Finish, Sizes, energies
from itoaudio.data.acoustic import AcousticBatch, AcousticBatches, load
from itoaudio.data.prepare import cache_folder
from itoaudio.networks.acoustic import Condition, ScoreConfig
from itoaudio.sde import Denoiser, LinearSDE
from itoaudio.text.symbols import SymbolTable
from itoaudio.train.acoustic import AcousticModule, AcousticRun
from itoaudio.train.acoustic_losses import Crops, aligned, masked_mean
from itoaudio.train.acoustic_refine import patch_distance
from itoaudio.train.checkpoint import load_weights
from itoaudio.train.config import SDEConfig, load_run
from itoaudio.train.draws import Draws


class Mels:
    """The acoustic model's score network, under the shipped model's text encoder and condition network."""

    def __init__(self, checkpoint: Path, cache: Path, sizes: Sizes, *, plain: bool = False) -> None:
        self.plain, self.sizes = plain, sizes
        self.run = load_run(checkpoint / "config.yaml", AcousticRun)
        self.folder = cache_folder(self.run.corpus, cache)
        self.whole = AcousticModule(self.run).eval()
        load_weights(self.whole.networks, checkpoint)
        self.held_out = self.crops("validation", sizes.items, 0)[0]

    def crops(
        self, part: str, size: int, seed: int, count: int = 1, *, of_each: int = 1
    ) -> list[tuple[Crops, Condition]]:
        """`count` batches of `size` crops, `of_each` utterance, with what the condition network says."""
        rows, table = load(self.folder, part, self.run.speakers), SymbolTable(tuple(self.run.symbols))
        data = AcousticBatches(rows, table, batch_size=max(1, size // of_each), steps=count, seed=seed)
        settings = msgspec.structs.replace(self.run.batch, size=size, crop_frames=self.sizes.frames)
        self.whole.run_config = msgspec.structs.replace(self.run, batch=settings)
        return [self._conditioned(data[step], Draws(seed, step)) for step in range(count)]

    @torch.no_grad()
    def _conditioned(self, batch: AcousticBatch, draws: Draws) -> tuple[Crops, Condition]:
        self.whole.draws = draws
        crops, found = self.whole.conditioned(aligned(self.whole.networks, batch, prior_weight=0.0))
        none = crops.hidden[..., :0]  # what the condition network was told: it has answered
        crops = replace(crops, hidden=none, pitch=none, energy=none, context_mask=none)
        return crops, Condition(torch.zeros_like(found.mean) if self.plain else found.mean, found.condition)

    def batches(self, seed: int) -> list[tuple[Crops, Condition]]:
        """The batches of a training, the same for all arms of a seed."""
        return self.crops("train", self.sizes.batch, seed, self.sizes.steps, of_each=4)

    @cached_property
    def _residual(self) -> Tensor:
        residual = self.whole.networks.condition.residual
        return torch.ones_like(residual) if self.plain else residual

    def module(self, sde: SDEConfig, *, decoders: int, shared: bool, width: int) -> AcousticModule:
        """A small score network, untrained, beside the shipped condition network at rest. Heads, as separate
        decoders do, share their width."""
        width = width or self.sizes.width
        score = ScoreConfig(
            width=width,
            blocks=2,
            head_width=round(width / decoders**0.5),
            decoders=decoders,
            shared_trunk=shared,
            stacked_frames=1,  # pairs of frames take far more steps to learn
            dropout=0.0,
        )
        network = msgspec.structs.replace(self.run.network, score=score)
        made = AcousticModule(
            msgspec.structs.replace(self.run, network=network, sde=sde, optimiser=self.sizes.optimiser)
        )
        for part in (made.networks.text, made.networks.condition):
            part.requires_grad_(False)
        made.networks.condition.residual = self._residual
        return made

    def loss(self, module: AcousticModule, batch: Any) -> Tensor:
        """The denoising error."""
        crops, condition = batch
        return masked_mean(module.denoising(crops, condition)[0], crops.mask)

    def states(self, batches: list[Any]) -> Tensor:
        """(C, M F): what the SDE runs on."""
        return torch.cat([(crops.mel / self._residual - c.mean).flatten(1) for crops, c in batches])

    def bound(self, module: AcousticModule, sde: LinearSDE) -> tuple[Denoiser, tuple[int, ...], Finish]:
        """Denoiser of `draws` samples of each held-out crop, their shape, and what makes them mels."""
        crops, condition = self.held_out
        copies = self.sizes.draws
        many = Condition(*(part.repeat(copies, 1, 1) for part in condition))
        network = module.networks.bound(many, crops.mask.repeat(copies, 1, 1))
        finish = lambda state: (state + many.mean) * self._residual  # noqa: E731
        return Denoiser(sde, network, module.parametrisation), tuple(many.mean.shape), finish

    def judge(self, drawn: Tensor) -> dict[str, np.ndarray]:
        """drawn (draws items, M, F) standardised -> energy distance of patches, and L1 in natural log, both
        (draws, items)."""
        crops, _ = self.held_out
        real = crops.mask.transpose(1, 2)
        target, made = crops.mel * real, drawn.unflatten(0, (self.sizes.draws, -1)) * real

        def apart(x: Tensor, y: Tensor, item: int) -> float:
            return float(patch_distance(x[item, None], y[item, None]))

        error = self.whole.networks.mel_std * (made - target).abs()
        mean = error.sum((-1, -2)) / (real.sum((-1, -2)) * error.shape[-2])
        return {"energy": energies(target, list(made), apart, len(target)), "log-mel L1": mean.numpy()}
