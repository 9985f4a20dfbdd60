"""What judges hear: a sound, its reference, its text, with every analysis made once and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from itoaudio.audio import files
from itoaudio.audio.mel import MelSpec, log_mel
from itoaudio.evaluate.cepstra import warping_path
from itoaudio.evaluate.pitch import Pitch, track

MEL = MelSpec()
LOUDEST_PEAK = 0.5


class Sound:
    """Mono audio `samples` (N,) float32 at `sample_rate` Hz; `at` and `levelled` resample it once a rate."""

    def __init__(self, samples: np.ndarray, sample_rate: int) -> None:
        self.samples = np.asarray(samples, dtype=np.float32)
        self.sample_rate = sample_rate
        self._resampled = {sample_rate: self.samples}

    @classmethod
    def read(cls, path: Path) -> "Sound":
        """From a file; `AudioFileError` names what is wrong with it."""
        return cls(*files.read(path))

    @property
    def duration_seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    def at(self, rate: int) -> np.ndarray:
        """Samples (N',) at `rate` Hz."""
        if rate not in self._resampled:
            self._resampled[rate] = files.resample(self.samples, self.sample_rate, rate)
        return self._resampled[rate]

    def levelled(self, rate: int) -> np.ndarray:
        """As `at`, its highest sample at 0.5: judges without a reference must not judge loudness."""
        samples = self.at(rate)
        return samples / (np.abs(samples).max() + 1e-9) * LOUDEST_PEAK

    @cached_property
    def mel(self) -> np.ndarray:
        """Natural-log mel (M, F) at 22,050 Hz, of at least one frame."""
        samples = self.at(MEL.sample_rate)
        short = MEL.padding + MEL.hop_samples - len(samples)
        return log_mel(np.pad(samples, (0, max(0, short))), MEL)

    @cached_property
    def pitch(self) -> Pitch:
        """F0 and periodicity of every mel frame."""
        return track(self.at(MEL.sample_rate), MEL)


@dataclass(frozen=True, eq=False)
class Take:
    """One reading of one item by one system.

    reference: the recording of the same words, or None; aligned: whether sound and reference run in step, as
    in copy synthesis; measured: what the system's own process reported (see `systems.worker`).
    """

    sound: Sound
    reference: Sound | None = None
    text: str | None = None
    aligned: bool = False
    measured: Mapping[str, float] = field(default_factory=dict)

    @property
    def recording(self) -> Sound:
        """The reference, of which metrics that need one are sure."""
        assert self.reference is not None
        return self.reference

    def both(self, rate: int) -> tuple[np.ndarray, np.ndarray]:
        """(reference, sound) at `rate` Hz, cut to the shorter of the two."""
        reference, sound = self.recording.at(rate), self.sound.at(rate)
        length = min(len(reference), len(sound))
        return reference[:length], sound[:length]

    @cached_property
    def frame_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Frames (of the reference, of the sound), (P,) each: in step if aligned, else along DTW's path."""
        if not self.aligned:
            return self.warped_pairs
        steps = np.arange(min(self.recording.mel.shape[-1], self.sound.mel.shape[-1]))
        return steps, steps

    @cached_property
    def warped_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Frames (of the reference, of the sound) along the path of dynamic time warping."""
        return warping_path(self.recording.mel, self.sound.mel)
