"""What the runtime answers: samples with their rate, and the way from there to a file."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np


def check_suffix(suffix: str) -> None:
    """ValueError for a suffix that names no format that can be written."""
    from itoaudio.audio.writer import kind_of

    kind_of(suffix)


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono sound: `samples` (N,) float32, full scale at 1; `sample_rate` in Hz."""

    samples: np.ndarray
    sample_rate: int

    @property
    def duration_seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @classmethod
    def of(cls, samples: np.ndarray, sample_rate: int) -> "Audio":
        """From an array (N,) or (N, channels) of floats or integers; channels are averaged."""
        found = np.asarray(samples)
        if found.ndim not in (1, 2):
            raise ValueError(f"samples of shape {found.shape}: give (N,), or (N, channels)")
        scale = -float(np.iinfo(found.dtype).min) if np.issubdtype(found.dtype, np.signedinteger) else 1.0
        mono = found.astype(np.float64) / scale
        mono = mono.mean(axis=1) if mono.ndim == 2 else mono
        return cls(mono.astype(np.float32), sample_rate)

    @classmethod
    def read(cls, path: str | Path) -> "Audio":
        """A WAV, FLAC, OGG or MP3 file, channels averaged; ValueError says what is wrong with it."""
        from itoaudio.audio import files

        return cls(*files.read(Path(path)))

    @classmethod
    def join(cls, parts: Iterable["Audio"]) -> "Audio":
        """Parts of one sample rate, one after the other."""
        found = list(parts)
        return cls(np.concatenate([part.samples for part in found]), found[0].sample_rate)

    def int16(self) -> np.ndarray:
        """16-bit samples (N,); what is beyond full scale is clipped."""
        from itoaudio.audio.files import to_int16

        return to_int16(self.samples)

    def encode(self, suffix: str = ".wav") -> bytes:
        """A whole file of the format that `suffix` names, 16 bits; ValueError for one that is not known."""
        from itoaudio.audio.writer import SoundWriter, kind_of

        file = io.BytesIO()
        writer = SoundWriter(file, kind_of(suffix), self.sample_rate)
        writer.write(self.samples)
        writer.close()
        return file.getvalue()

    def write(self, path: str | Path) -> None:
        """Write a file of the format that its suffix names, aside and then renamed: never half a file."""
        from itoaudio.audio.writer import whole_file

        check_suffix(Path(path).suffix)
        with whole_file(path) as file:
            file.write(self.encode(Path(path).suffix))
