"""What the runtime answers: samples with their rate, and the way from there to a file."""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG", ".mp3": "MP3"}


def check_suffix(suffix: str) -> None:
    """ValueError for a suffix that names no format that can be written."""
    if suffix.lower() not in FORMATS:
        raise ValueError(f"cannot write {suffix!r} files: give one of {', '.join(FORMATS)}")


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
        check_suffix(suffix)
        import soundfile

        file = io.BytesIO()
        soundfile.write(file, self.int16(), self.sample_rate, format=FORMATS[suffix.lower()])
        return file.getvalue()

    def write(self, path: str | Path) -> None:
        """Write a file of the format that its suffix names, aside and then renamed: never half a file."""
        path = Path(path)
        data = self.encode(path.suffix)
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or device must be written to, not replaced
            return
        aside = path.resolve().with_name(f".{path.name}.{os.getpid()}.part")
        try:
            aside.write_bytes(data)
            aside.replace(path.resolve())
        finally:
            aside.unlink(missing_ok=True)
