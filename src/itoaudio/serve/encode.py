"""Sound to the formats of OpenAI's API, as it comes: into bytes of a stream, or of a whole file at the end.

PCM and Opus are at 24 kHz, which OpenAI's clients take for granted and Opus demands; the others keep the
voice's rate.
"""

import io
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from itoaudio.audio.files import to_int16
from itoaudio.audio.writer import SoundWriter

OPENAI_RATE = 24000
CONTENT_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


class FormatUnavailable(ValueError):
    """A format that this installation cannot write."""


def check_format(name: str) -> None:
    """`FormatUnavailable` for AAC without PyAV; libsndfile writes all others."""
    if name not in available_formats():
        raise FormatUnavailable(
            f"response_format {name!r} needs the package `av` on the server (pip install av);"
            f" without it there are {', '.join(available_formats())}"
        )


def available_formats() -> list[str]:
    """What this installation can write."""
    return [name for name in CONTENT_TYPES if name != "aac" or find_spec("av") is not None]


class Encoder:
    """Bytes of format `name`, from sound at `sample_rate` Hz.

    streaming: each as soon as it is known; else all at the end, a file with true sizes in its header.
    """

    def __init__(self, name: str, sample_rate: int, *, streaming: bool) -> None:
        check_format(name)
        self._bytes, self._streaming = io.BytesIO(), streaming
        self._writer: _Writer
        if name == "aac":
            self._writer = _Aac(self._bytes, sample_rate)
        elif name == "pcm":
            self._writer = _Pcm(self._bytes, sample_rate)
        else:
            self._writer = SoundWriter(self._bytes, name, sample_rate, streaming=streaming)

    def add(self, samples: np.ndarray) -> bytes:
        """What can be sent once `samples` (N,) are known; perhaps nothing yet."""
        self._writer.write(samples)
        return self._taken() if self._streaming else b""

    def end(self) -> bytes:
        """The rest."""
        self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        taken = self._bytes.getvalue()
        self._bytes.seek(0)
        self._bytes.truncate()
        return taken


class _Writer(Protocol):
    """Where samples (N,) go in; bytes come out into a file."""

    def write(self, samples: np.ndarray) -> None: ...

    def close(self) -> None: ...


class _Pcm:
    """16-bit little-endian samples at OpenAI's rate, nothing else."""

    def __init__(self, file: io.BytesIO, rate: int) -> None:
        import soxr

        self._file = file
        self._resample = soxr.ResampleStream(rate, OPENAI_RATE, 1, dtype="float32")

    def write(self, samples: np.ndarray) -> None:
        self._put(self._resample.resample_chunk(np.float32(samples)))

    def close(self) -> None:
        self._put(self._resample.resample_chunk(np.zeros(0, np.float32), last=True))

    def _put(self, samples: np.ndarray) -> None:
        self._file.write(to_int16(samples).astype("<i2").tobytes())


class _Aac:
    """AAC in ADTS frames by PyAV, which is not installed unless the user wants it."""

    def __init__(self, file: io.BytesIO, rate: int) -> None:
        import av

        self._av: Any = av
        self._rate = rate
        self._container = av.open(file, "w", format="adts")
        self._stream = self._container.add_stream("aac", rate=rate, layout="mono")

    def write(self, samples: np.ndarray) -> None:
        if len(samples):
            frame = self._av.AudioFrame.from_ndarray(to_int16(samples)[None], format="s16", layout="mono")
            frame.sample_rate = self._rate
            self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
