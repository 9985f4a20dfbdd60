"""Audio files in and out (libsndfile) and resampling (soxr). Samples are float32 in [-1, 1], mono."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from itoaudio.whole import whole_file

_LONGEST = 1 << 40  # samples: no file is so long, libsndfile means that it does not know


class AudioFileError(ValueError):
    """A file that cannot be read as audio: the message names it and says how to mend it."""


def read(path: Path | BinaryIO, *, sample_rate: int | None = None) -> tuple[np.ndarray, int]:
    """Mono audio (N,) and its rate in Hz; channels are averaged, and resampled if `sample_rate` is given."""
    name = getattr(path, "name", path)
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > _LONGEST:
                raise AudioFileError(
                    f"{name}: does not say how long it is, as FLAC from a pipe; give a WAV, or a FLAC file"
                )
            audio, rate = file.read(dtype="float32", always_2d=True), file.samplerate
    except FileNotFoundError:
        raise AudioFileError(f"{name}: no such file") from None
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise AudioFileError(
            f"{name}: not an audio file that can be read ({error}); give WAV, FLAC, OGG or MP3"
        ) from None
    if len(audio) == 0:
        raise AudioFileError(f"{name}: holds no sound")
    mono = audio.mean(axis=1)
    return (resample(mono, rate, sample_rate), sample_rate) if sample_rate else (mono, rate)


def duration(path: Path) -> float:
    """Length in seconds as the file's header has it, without reading its sound."""
    try:
        return float(soundfile.info(path).duration)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise AudioFileError(f"{path}: not an audio file that can be read ({error})") from None


def resample(audio: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Audio (N,) at `rate` Hz as (N',) at `new_rate` Hz."""
    return audio if rate == new_rate else soxr.resample(audio, rate, new_rate)


def to_int16(audio: np.ndarray) -> np.ndarray:
    """16-bit samples; what is beyond full scale is clipped, never wrapped."""
    return np.round(np.clip(audio, -1.0, 32767 / 32768) * 32768).astype(np.int16)


def write_wav(path: str | Path, audio: np.ndarray, sample_rate: int) -> None:
    """Write 16-bit mono WAV: a reader never sees half a file."""
    with whole_file(path) as file:
        soundfile.write(file, to_int16(audio), sample_rate, format="WAV", subtype="PCM_16")
