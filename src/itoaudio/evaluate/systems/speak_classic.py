"""Copy synthesis without a learned model: the recording itself, Griffin-Lim on the mel, WORLD."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from itoaudio.audio import files
from itoaudio.audio.mel import MelSpec, filter_bank, log_mel
from itoaudio.data.world import world as load_world

Emit = Callable[[np.ndarray], None]
ITERATIONS = 60


def open_system(threads: int, kind: str) -> "Classic":
    """kind: `recordings`, `griffin-lim` or `world`."""
    return Classic(kind)


class Classic:
    """`worker`'s system; all at 22,050 Hz."""

    def __init__(self, kind: str) -> None:
        self.spec = MelSpec()
        self.sample_rate = self.spec.sample_rate
        self.way = {"recordings": _itself, "griffin-lim": griffin_lim, "world": world}[kind]
        self.facts: dict[str, float] = {}

    def copy(self, path: str, seed: int, emit: Emit) -> None:
        """Analyse and build up again."""
        samples, _ = files.read(Path(path), sample_rate=self.sample_rate)
        emit(self.way(samples, self.spec, seed))

    def read(self, text: str, seed: int, emit: Emit) -> None:
        """Not theirs."""
        raise NotImplementedError("a recording is needed")


def griffin_lim(samples: np.ndarray, spec: MelSpec, seed: int) -> np.ndarray:
    """Audio (N,) from its mel: 60 fast iterations (Perraudin et al. 2013), momentum 0.99, on the magnitudes
    that the filter bank's pseudo-inverse gives."""
    import librosa

    padded = np.pad(samples, (0, -len(samples) % spec.hop_samples + spec.hop_samples))
    mel = np.exp(log_mel(padded, spec))
    magnitudes = np.maximum(np.linalg.pinv(filter_bank(spec)) @ mel, 1e-8).astype(np.float32)
    sound = librosa.griffinlim(
        magnitudes,
        n_iter=ITERATIONS,
        hop_length=spec.hop_samples,
        win_length=spec.window_samples,
        n_fft=spec.n_fft,
        center=False,
        momentum=0.99,
        random_state=seed,
    )
    # Without centring, the first frame begins where our mel's padding does.
    return np.asarray(sound[spec.padding :][: len(samples)])


def world(samples: np.ndarray, spec: MelSpec, seed: int) -> np.ndarray:
    """Audio (N,) by WORLD (Morise et al. 2016): Harvest, CheapTrick, D4C, frames of 5 ms. F0, envelope and
    aperiodicity are those of the recording: more than a mel tells."""
    pyworld = load_world()
    audio, rate = np.ascontiguousarray(samples, dtype=np.float64), spec.sample_rate
    f0, times = pyworld.harvest(audio, rate)
    envelope = pyworld.cheaptrick(audio, f0, times, rate)
    aperiodicity = pyworld.d4c(audio, f0, times, rate)
    return np.asarray(pyworld.synthesize(f0, envelope, aperiodicity, rate)[: len(samples)], dtype=np.float32)


def _itself(samples: np.ndarray, spec: MelSpec, seed: int) -> np.ndarray:
    return samples
