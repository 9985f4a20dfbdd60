"""Clips for the ablations: the sound itself, at unit RMS, by the paper's waveform network.

It costs tens of times what the others do, so it is judged on few clips and is never trained here.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ablations_tasks import Finish, Sizes
from ablations_waves import sound_energies
from itoaudio.data.crops import CropSettings, VocoderCrops
from itoaudio.data.prepare import cache_folder
from itoaudio.sde import Denoiser, LinearSDE
from itoaudio.train.checkpoint import load_weights
from itoaudio.train.config import load_run
from itoaudio.train.waveform import WaveformModule, WaveformRun

CLIPS, DRAWS = 5, 2


class Clips:
    """The paper's ItôWave, as it was trained: for `Bench`, which asks only shipped networks of it."""

    def __init__(self, checkpoint: Path, cache: Path, sizes: Sizes) -> None:
        self.sizes = replace(sizes, items=min(sizes.items, CLIPS), draws=min(sizes.draws, DRAWS))
        self.run = load_run(checkpoint / "config.yaml", WaveformRun)
        self.whole = WaveformModule(self.run).eval()
        load_weights(self.whole.networks, checkpoint)
        settings = CropSettings(frames=sizes.frames, batch=self.sizes.items, gain=0.0)
        folder, spec = cache_folder(self.run.corpus, cache), self.run.corpus.mel
        crops = VocoderCrops(folder, "validation", spec, settings, seed=0, steps=1)
        self.held_out = {name: torch.from_numpy(value) for name, value in crops[0].items()}

    def bound(self, module: WaveformModule, sde: LinearSDE) -> tuple[Denoiser, tuple[int, ...], Finish]:
        """Denoiser of `draws` samples of each clip, their shape, and what makes them sound."""
        condition = module.networks.condition(self.held_out["mel"]).repeat(self.sizes.draws, 1, 1)
        module.sde = sde
        shape = (len(condition), 1, condition.shape[-1])
        return module.denoiser(condition), shape, module.networks.colour

    def judge(self, drawn: Tensor) -> dict[str, np.ndarray]:
        """drawn (draws items, N) -> spectral energy distance, (draws, items)."""
        return {"energy": sound_energies(self.held_out["audio"], drawn, self.run.corpus.mel)}
