"""Sound to the formats of OpenAI's API: whole files, or bytes as the sound comes.

PCM and Opus are at 24 kHz, which OpenAI's clients take for granted and Opus demands; the others keep the
voice's rate.
"""

import io
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from itoaudio.audio.files import to_int16
from itoaudio.runtime import Audio

OPENAI_RATE = 24000
CONTENT_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
_RATES = {"opus": OPENAI_RATE, "pcm": OPENAI_RATE}
_SUBTYPES = {"mp3": ("MP3", "MPEG_LAYER_III"), "flac": ("FLAC", "PCM_16"), "opus": ("OGG", "OPUS")}
_UNKNOWN_SIZE = (0xFFFFFFFF).to_bytes(4, "little")


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


def whole(audio: Audio, name: str) -> bytes:
    """A file of format `name` with true sizes in its header."""
    if name in ("wav", "flac", "mp3"):
        return audio.encode(f".{name}")
    stream = Encoder(name, audio.sample_rate)
    return stream.add(audio.samples) + stream.end()


class Encoder:
    """Bytes of a stream of format `name`, from sound at `sample_rate` Hz."""

    def __init__(self, name: str, sample_rate: int) -> None:
        check_format(name)
        rate = _RATES.get(name, sample_rate)
        self._resample = _resampler(sample_rate, rate)
        sinks: dict[str, type[_Sink]] = {"pcm": _Pcm, "wav": _Wav, "aac": _Aac}
        self._sink = sinks.get(name, _SoundFile)(name, rate)

    def add(self, samples: np.ndarray) -> bytes:
        """What can be sent once `samples` (N,) are known; perhaps nothing yet."""
        return self._sink.add(self._resample(samples, last=False))

    def end(self) -> bytes:
        """The rest."""
        return self._sink.add(self._resample(np.zeros(0, np.float32), last=True)) + self._sink.end()


def _resampler(rate: int, new_rate: int) -> Any:
    if rate == new_rate:
        return lambda samples, last: samples
    import soxr

    stream = soxr.ResampleStream(rate, new_rate, 1, dtype="float32")
    return lambda samples, last: stream.resample_chunk(samples.astype(np.float32, copy=False), last=last)


class _Sink(Protocol):
    """Where samples (N,) go in and bytes come out."""

    def __init__(self, name: str, rate: int) -> None: ...

    def add(self, samples: np.ndarray) -> bytes: ...

    def end(self) -> bytes: ...


class _Pcm:
    """16-bit little-endian samples, nothing else."""

    def __init__(self, name: str, rate: int) -> None:
        pass

    def add(self, samples: np.ndarray) -> bytes:
        return to_int16(samples).astype("<i2").tobytes()

    def end(self) -> bytes:
        return b""


class _Wav(_Pcm):
    """A header that promises more than any reader reads, then PCM: what a length unknown is written as."""

    def __init__(self, name: str, rate: int) -> None:
        header = io.BytesIO()
        header.write(b"RIFF" + _UNKNOWN_SIZE + b"WAVEfmt " + (16).to_bytes(4, "little"))
        for value, size in ((1, 2), (1, 2), (rate, 4), (2 * rate, 4), (2, 2), (16, 2)):
            header.write(value.to_bytes(size, "little"))
        header.write(b"data" + _UNKNOWN_SIZE)
        self._header = header.getvalue()

    def add(self, samples: np.ndarray) -> bytes:
        header, self._header = self._header, b""
        return header + super().add(samples)


class _Outbox(io.RawIOBase):
    """A file that libsndfile writes and we empty: what it writes into what is gone already is dropped."""

    def __init__(self) -> None:
        self._gone = 0
        self._kept = bytearray()
        self._place = 0

    def write(self, data: Any) -> int:
        data = bytes(data)
        behind = max(self._gone - self._place, 0)
        start = self._place + behind - self._gone
        fresh = data[behind:]
        self._kept[start : start + len(fresh)] = fresh
        self._place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._gone + len(self._kept)}
        self._place = base[whence] + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        return b""

    def take(self) -> bytes:
        taken = bytes(self._kept)
        self._gone += len(taken)
        self._kept.clear()
        return taken


class _SoundFile:
    """MP3, FLAC and Ogg Opus by libsndfile."""

    def __init__(self, name: str, rate: int) -> None:
        import soundfile

        kind, subtype = _SUBTYPES[name]
        # A constant bit rate (64 kbit/s at 22 kHz), as players guess the length of a stream by it.
        more = {"bitrate_mode": "CONSTANT", "compression_level": 0.6} if name == "mp3" else {}
        self._outbox = _Outbox()
        self._file = soundfile.SoundFile(
            self._outbox, "w", samplerate=rate, channels=1, format=kind, subtype=subtype, **more
        )

    def add(self, samples: np.ndarray) -> bytes:
        self._file.write(np.clip(samples, -1.0, 32767 / 32768))
        return self._outbox.take()

    def end(self) -> bytes:
        self._file.close()
        return self._outbox.take()


class _Aac:
    """AAC in ADTS frames by PyAV, which is not installed unless the user wants it."""

    def __init__(self, name: str, rate: int) -> None:
        import av

        self._av = av
        self._bytes = io.BytesIO()
        self._rate = rate
        self._container = av.open(self._bytes, "w", format="adts")
        self._stream = self._container.add_stream("aac", rate=rate, layout="mono")

    def add(self, samples: np.ndarray) -> bytes:
        if len(samples):
            frame = self._av.AudioFrame.from_ndarray(to_int16(samples)[None], format="s16", layout="mono")
            frame.sample_rate = self._rate
            self._container.mux(self._stream.encode(frame))
        return self._take()

    def end(self) -> bytes:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._take()

    def _take(self) -> bytes:
        taken = self._bytes.getvalue()
        self._bytes.seek(0)
        self._bytes.truncate()
        return taken
