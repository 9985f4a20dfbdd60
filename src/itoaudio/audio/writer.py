"""Sound to bytes of any kind that can be written, as it comes: to a file, or to a pipe that cannot go back.

libsndfile writes all but headerless PCM and the WAV of unknown length, whose sizes are 0xFFFFFFFF.
"""

import io
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import soundfile
import soxr

from itoaudio.audio.files import to_int16

_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_BLOCK = 1 << 16  # samples: some of libsndfile's encoders keep a block on the stack
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True)
class Kind:
    """A kind of file, in libsndfile's words.

    rates: those it can hold, to which others are resampled; ranges: of those it can hold, as `limit` tells,
    where libsndfile fails at others or crashes. Neither: it holds all.
    """

    major: str
    subtype: str
    rates: tuple[int, ...] = ()
    ranges: tuple[range, ...] = ()
    limit: str = ""

    def rate(self, sample_rate: int) -> int:
        """The rate it is written at, in Hz: the least that loses nothing, else the highest."""
        if self.ranges and not any(sample_rate in held for held in self.ranges):
            raise ValueError(
                f"{self.major} cannot hold {sample_rate} Hz, only {self.limit}: resample it, or write .wav"
            )
        return next(
            (rate for rate in self.rates if rate >= sample_rate), max(self.rates, default=sample_rate)
        )


KINDS = {
    "wav": Kind("WAV", "PCM_16"),
    "flac": Kind(
        "FLAC",
        "PCM_16",
        ranges=(range(1, 65536), range(65540, 655351, 10)),
        limit="up to 65535 Hz, and multiples of 10 up to 655350",
    ),
    "mp3": Kind("MP3", "MPEG_LAYER_III", _MP3_RATES),
    "ogg": Kind("OGG", "VORBIS", ranges=(range(1, 200001),), limit="up to 200000 Hz"),
    "opus": Kind("OGG", "OPUS", _OPUS_RATES),
    "pcm": Kind("RAW", "PCM_16"),
}
SUFFIXES = {**{f".{name}": name for name in KINDS}, ".oga": "ogg", ".raw": "pcm"}


def kind_of(suffix: str) -> str:
    """The name in `KINDS` of a file's suffix; ValueError for one that names nothing that can be written."""
    if suffix.lower() not in SUFFIXES:
        raise ValueError(f"cannot write {suffix!r} files: give one of {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix.lower()]


class SoundWriter:
    """Mono sound at `sample_rate` Hz into `file`, as `kind`, 16 bits; close it before `file`.

    streaming: `file` cannot go back.
    """

    def __init__(self, file: BinaryIO, kind: str, sample_rate: int, *, streaming: bool = False) -> None:
        chosen = KINDS[kind]
        rate = chosen.rate(sample_rate)
        self._resample = soxr.ResampleStream(sample_rate, rate, 1, dtype="float32")
        self._same_rate = rate == sample_rate
        self._pipe = _Pipe(file) if streaming else None
        if streaming and kind == "wav":
            file.write(_endless_header(rate))
            chosen = KINDS["pcm"]
        # Players guess the length of an endless MP3 by its bit rate: 64 kbit/s at 22 kHz.
        steady: dict[str, Any] = (
            {"bitrate_mode": "CONSTANT", "compression_level": 0.6} if streaming and kind == "mp3" else {}
        )
        try:
            self._file = soundfile.SoundFile(
                self._pipe or _descriptor(file),
                "w",
                closefd=False,
                samplerate=rate,
                channels=1,
                format=chosen.major,
                subtype=chosen.subtype,
                endian="LITTLE" if chosen.major == "RAW" else "FILE",
                **steady,
            )
        except soundfile.LibsndfileError as error:
            raise ValueError(f"cannot write {kind} at {rate} Hz: {error.error_string}") from None

    def write(self, samples: np.ndarray) -> None:
        """The next samples (N,); what is beyond full scale is clipped."""
        self._write(samples if self._same_rate else self._resample.resample_chunk(np.float32(samples)))

    def close(self) -> None:
        """The end of the sound. `file` stays open."""
        if not self._same_rate:
            self._write(self._resample.resample_chunk(np.zeros(0, np.float32), last=True))
        self._file.close()
        if self._pipe:
            self._pipe.pass_on()

    def _write(self, samples: np.ndarray) -> None:
        for start in range(0, len(samples), _BLOCK):
            try:
                self._file.write(to_int16(samples[start : start + _BLOCK]))
            except (soundfile.LibsndfileError, AssertionError) as error:  # it asserts that all was written
                raise OSError(f"the sound cannot be written: is the disk full? {error}") from None
        if self._pipe:
            self._pipe.pass_on()


def _descriptor(file: BinaryIO) -> Any:
    """What libsndfile writes to by itself, with errors that are told, unless `file` is in memory."""
    try:
        return file.fileno()
    except io.UnsupportedOperation:
        return file


class _Pipe(io.RawIOBase):
    """Looks like a file to libsndfile; what it would write again, behind the end, is dropped.

    libsndfile calls `write` from C, where an error such as a closed pipe would be lost: `pass_on` may fail.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._to, self._place, self._length = file, 0, 0
        self._waiting = bytearray()

    def pass_on(self) -> None:
        """Write what waits."""
        waiting = bytes(self._waiting)
        self._waiting.clear()
        self._to.write(waiting)

    def write(self, data: Any) -> int:
        data = bytes(data)
        self._waiting += data[max(self._length - self._place, 0) :]
        self._place += len(data)
        self._length = max(self._length, self._place)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._length}[whence] + offset
        return self._place

    def tell(self) -> int:
        return self._place


def _endless_header(rate: int) -> bytes:
    fields = ((1, 2), (1, 2), (rate, 4), (2 * rate, 4), (2, 2), (16, 2))
    sizes = _UNKNOWN.to_bytes(4, "little")
    described = b"".join(value.to_bytes(size, "little") for value, size in fields)
    return b"RIFF" + sizes + b"WAVEfmt " + (16).to_bytes(4, "little") + described + b"data" + sizes
