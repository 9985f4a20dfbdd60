"""What the runtime answers: samples with their rate, and the way from there to a file."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from itoaudio.runtime.errors import shown, within

HIGHEST_RATE = 1_000_000
LARGEST_INTEGER_BYTES = 4  # what Python and numpy count in, 64 bits, is no sound at that full scale


def check_finite(samples: np.ndarray) -> None:
    """ValueError for the first of `samples` (N,) that is NaN or infinite."""
    if not (finite := np.isfinite(samples)).all():
        place = int(finite.argmin())
        raise ValueError(f"samples[{place}] = {samples[place]}: each must be a finite number")


def check_suffix(suffix: str) -> None:
    """ValueError for a suffix that names no format that can be written."""
    from itoaudio.audio.writer import kind_of

    kind_of(suffix)


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono sound: `samples` (N,) float32, full scale at 1; `sample_rate` in Hz.

    ValueError for samples that are no array of floats of one axis, which `of` makes of others.
    """

    samples: np.ndarray
    sample_rate: int

    def __post_init__(self) -> None:
        samples: object = self.samples
        if not isinstance(samples, np.ndarray) or samples.ndim != 1 or samples.dtype.kind != "f":
            raise ValueError(
                f"samples = {shown(samples)}: give an array (N,) of floats; Audio.of makes one of others"
            )
        within("sample_rate", self.sample_rate, 1, HIGHEST_RATE, whole=True)

    @property
    def duration_seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @classmethod
    def of(cls, samples: ArrayLike, sample_rate: int) -> "Audio":
        """From (N,) or (N, channels) floats, or integers of 8 to 32 bits; channels are averaged.

        ValueError for all else, such as integers whose full scale nobody knows.
        """
        try:
            found = np.asarray(samples)
        except ValueError:
            raise ValueError(f"samples = {shown(samples)}: give (N,), or (N, channels)") from None
        kind, size = found.dtype.kind, found.dtype.itemsize
        if kind != "f" and (kind != "i" or size > LARGEST_INTEGER_BYTES):
            raise ValueError(
                f"samples = {shown(samples)}, {found.dtype}: give floats in [-1, 1], int16 or int32; a file"
                " is read by Audio.read"
            )
        if found.ndim not in (1, 2) or 0 < len(found) < found[:1].size:
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
        from itoaudio.whole import whole_file

        check_suffix(Path(path).suffix)
        with whole_file(path) as file:
            file.write(self.encode(Path(path).suffix))
