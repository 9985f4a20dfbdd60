"""The paper's waveform network from a run folder (config.yaml beside its weights), through torch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from itoaudio.audio import files
from itoaudio.audio.mel import log_mel
from itoaudio.train.checkpoint import WEIGHTS, load_weights
from itoaudio.train.config import load_run
from itoaudio.train.devices import found
from itoaudio.train.waveform import WaveformModule, WaveformRun

Emit = Callable[[np.ndarray], None]
MAKE = (
    "no run of the paper's waveform network; `ito train waveform configs/waveform.yaml` makes runs/waveform"
)


def open_system(
    threads: int, folder: str, steps: int = 50, snr: float = 0.16, accelerator: str = "auto"
) -> "PaperSystem":
    """ValueError names what the folder lacks. steps: of reverse diffusion, each but the last followed by a
    Langevin step of ratio `snr`; accelerator: as `ito train` takes it."""
    torch.set_num_threads(threads)
    for name in ("config.yaml", WEIGHTS):
        if not (Path(folder) / name).is_file():
            raise ValueError(f"{folder} holds no {name}: {MAKE}")
    run = load_run(Path(folder) / "config.yaml", WaveformRun)
    assert isinstance(run, WaveformRun)
    module = WaveformModule(run)
    load_weights(module.networks, Path(folder))
    module = module.eval().to(found(accelerator))
    return PaperSystem(module, steps, snr, (Path(folder) / WEIGHTS).stat().st_size / 1e6)


class PaperSystem:
    """`worker`'s system."""

    def __init__(self, module: WaveformModule, steps: int, snr: float, size: float) -> None:
        self.module, self.steps, self.snr = module, steps, snr
        self.spec = module.run_config.corpus.mel
        self.sample_rate = self.spec.sample_rate
        # One call a step, one for each Langevin step between them, and the last posterior mean.
        self.facts = {"size": size, "nfe": 2 * steps}

    def copy(self, path: str, seed: int, emit: Emit) -> None:
        """Mel and back."""
        samples, _ = files.read(Path(path), sample_rate=self.sample_rate)
        padded = np.pad(samples, (0, -len(samples) % self.spec.hop_samples))
        mel = torch.from_numpy(log_mel(padded, self.spec))[None].to(self.module.device)
        sound = self.module.speak(mel, steps=self.steps, snr=self.snr, seed=seed)
        emit(sound[0].cpu().numpy()[: len(samples)])

    def read(self, text: str, seed: int, emit: Emit) -> None:
        """Only a vocoder."""
        raise NotImplementedError("the paper's waveform network is a vocoder")
