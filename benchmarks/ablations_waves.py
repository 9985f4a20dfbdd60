"""Waves for the ablations: MDCT coefficients of crops, by the frame vocoder.

The transform is orthonormal, so with one scale for all coefficients ("plain") the SDE is the paper's on the
waveform, in another basis; "whitened" is ours, divided by the mel's envelope.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from ablations_tasks import Finish, Sizes, energies
from itoaudio.audio.mel import MelSpec
from itoaudio.data.crops import CropSettings, VocoderCrops
from itoaudio.data.prepare import cache_folder
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.networks.waveform import WaveformConfig
from itoaudio.sde import Denoiser, LinearSDE
from itoaudio.train.checkpoint import load_weights
from itoaudio.train.config import SDEConfig, load_run
from itoaudio.train.energy import energy_score
from itoaudio.train.vocoder import VocoderModule, VocoderRun
from itoaudio.train.vocoder_refine import distance, features


class Waves:
    """The frame vocoder."""

    def __init__(
        self, checkpoint: Path, cache: Path, sizes: Sizes, *, plain: bool = False, pulse: bool = True
    ) -> None:
        self.plain, self.sizes, self.pulse = plain, sizes, pulse
        self.run = load_run(checkpoint / "config.yaml", VocoderRun)
        self.folder = cache_folder(self.run.corpus, cache)
        self.whole = VocoderModule(self.run).eval()
        load_weights(self.whole.networks, checkpoint)
        self.held_out = self.crops("validation", sizes.items, 0)[0]

    def crops(self, part: str, size: int, seed: int, count: int = 1) -> list[dict[str, Tensor]]:
        settings = CropSettings(frames=self.sizes.frames, batch=size, gain=0.0)
        crops = VocoderCrops(self.folder, part, self.run.corpus.mel, settings, seed=seed, steps=count)
        made = [{name: torch.from_numpy(v) for name, v in crops[step].items()} for step in range(count)]
        return made if self.pulse else [batch | {"pulse": batch["pulse"] * 0} for batch in made]

    def batches(self, seed: int) -> list[dict[str, Tensor]]:
        """The batches of a training, the same for all arms of a seed."""
        return self.crops("train", self.sizes.batch, seed, self.sizes.steps)

    def module(self, sde: SDEConfig, *, decoders: int, shared: bool, width: int) -> VocoderModule:
        """A small network, untrained, in this task's coordinates. It has no decoders to count."""
        width = width or self.sizes.width
        network = FrameVocoderConfig(
            width=width, condition_blocks=1, score_blocks=2, pitch_width=16, pitch_blocks=1
        )
        run = msgspec.structs.replace(self.run, network=network, sde=sde, optimiser=self.sizes.optimiser)
        made = VocoderModule(run)
        made.networks.condition.envelope = self._envelope
        return made

    @property
    def _envelope(self) -> nn.Module:
        if self.plain:
            return Flat(np.log(WaveformConfig().rms), self.run.corpus.mel.hop_samples)
        return self.whole.networks.condition.envelope

    def loss(self, module: VocoderModule, batch: dict[str, Tensor]) -> Tensor:
        """The denoising error; the pitch net learns nothing here."""
        return module.errors(batch)[0].mean()

    def refine_loss(self, module: VocoderModule, batch: dict[str, Tensor]) -> Tensor:
        """Spectral energy distance of two samples of the unrolled 2-step sampler."""
        scale = batch["audio"].square().mean(dim=1, keepdim=True).add(1e-8).rsqrt()
        sounds = [scale * batch["audio"], *(scale * sound for sound in module.unrolled(batch, 2, copies=2))]
        with torch.autocast("cpu", enabled=False):
            target, *samples = (features(sound, self.run.corpus.mel) for sound in sounds)
            return energy_score(distance, target, samples, repulsion=1.0)

    def states(self, batches: list[dict[str, Tensor]]) -> Tensor:
        """(C, K F): what the SDE runs on."""
        networks, envelope = self.whole.networks, self._envelope
        return torch.cat([networks.whiten(b["audio"], envelope(b["mel"])).flatten(1) for b in batches])

    def bound(self, module: VocoderModule, sde: LinearSDE) -> tuple[Denoiser, tuple[int, ...], Finish]:
        """Denoiser of `draws` samples of each held-out crop, their shape, and what makes them sound."""
        batch, copies = self.held_out, self.sizes.draws
        condition, envelope = module.networks.condition(
            batch["mel"], batch["log_f0"], batch["voicing"], batch["pulse"]
        )
        module.sde = sde
        denoiser = module.denoiser(condition.repeat(copies, 1, 1), batch["pulse"].repeat(copies, 1, 1))
        coloured = envelope.repeat(copies, 1, 1)
        return denoiser, tuple(coloured.shape), lambda state: module.networks.colour(state, coloured)

    def judge(self, drawn: Tensor) -> dict[str, np.ndarray]:
        """drawn (draws items, N) -> spectral energy distance, (draws, items)."""
        return {"energy": sound_energies(self.held_out["audio"], drawn, self.run.corpus.mel)}


def sound_energies(recorded: Tensor, drawn: Tensor, spec: MelSpec) -> np.ndarray:
    """recorded (items, N), drawn (draws items, N) -> spectral energy distance at unit RMS, (draws, items)."""
    scale = recorded.square().mean(dim=1, keepdim=True).add(1e-8).rsqrt()
    sounds = [recorded, *drawn.unflatten(0, (-1, len(recorded)))]
    target, *made = (features(scale * sound, spec) for sound in sounds)

    def apart(x: Any, y: Any, item: int) -> float:
        one, other = ([(a[item, None], b[item, None]) for a, b in spectra] for spectra in (x, y))
        return float(distance(one, other))

    return energies(target, made, apart, len(recorded))


class Flat(nn.Module):
    """One envelope for all coefficients: the paper's L = 1 on sound of unit RMS."""

    def __init__(self, log_rms: float, bins: int) -> None:
        super().__init__()
        self.log_rms, self.bins = log_rms, bins

    def forward(self, log_mel: Tensor) -> Tensor:
        """log_mel (B, M, F) -> (B, K, F)."""
        return log_mel.new_full((len(log_mel), self.bins, log_mel.shape[-1]), self.log_rms)
