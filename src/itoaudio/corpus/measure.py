"""What one recording's samples say: length, level, noise, clipping, band width, and marks of copies."""

from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import soundfile

from itoaudio.audio.files import resample
from itoaudio.audio.loudness import loudness
from itoaudio.audio.trim import trim

FRAME_SECONDS, HOP_SECONDS = 0.02, 0.01
NOTHING_DB = -100.0  # digital silence, in dB of full scale
PICTURE_POINTS, CONTOUR_BANDS, CONTOUR_PIECES = 160, 8, 24
LONGEST_READ_SECONDS = 600.0
COMMON_RATE, WINDOW = 16000, 512


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """One recording. Levels are dB of full scale; `speech_seconds` is what is left without silent ends.

    side_db: level of the difference of two channels over their mean; clipped_runs: flat tops of the wave.
    bright_db: energy above 4 kHz over all; digest: of the samples; contour: its course of energy in bands,
    unit norm, alike for copies at another gain, rate or coding; envelope: peaks for a picture.
    """

    seconds: float
    sample_rate: int
    channels: int
    speech_seconds: float
    peak: float
    loudness: float
    level_db: float
    noise_db: float
    clipped_runs: int
    side_db: float
    bright_db: float
    digest: str
    contour: tuple[float, ...]
    envelope: tuple[float, ...]

    @property
    def snr_db(self) -> float:
        """Speech above the quietest frames."""
        return self.level_db - self.noise_db


def measure(path: Path) -> Measures:
    """Measures of a file. ValueError when it cannot be read or holds no number of samples."""
    try:
        info = soundfile.info(path)
        if info.duration > LONGEST_READ_SECONDS:
            raise ValueError(f"{info.duration:.0f} s long: cut it into sentences")
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise ValueError(f"cannot be read as audio: {str(error).removeprefix('Error opening ')}") from None
    if len(audio) == 0:
        raise ValueError("holds no sound")
    if not np.isfinite(audio).all():
        raise ValueError("holds samples that are no numbers")
    mono = audio.mean(axis=1)
    # At one rate, so that a copy at another has the same ends and the same course.
    speech = trim(resample(mono, rate, COMMON_RATE), sample_rate=COMMON_RATE, margin_seconds=0.0)
    level, noise = _levels(mono, rate)
    return Measures(
        seconds=len(mono) / rate,
        sample_rate=rate,
        channels=audio.shape[1],
        speech_seconds=len(speech) / COMMON_RATE,
        peak=float(np.abs(audio).max()),
        loudness=max(loudness(mono, rate), NOTHING_DB),
        level_db=level,
        noise_db=noise,
        clipped_runs=max(_flat_tops(channel, rate) for channel in audio.T),
        side_db=_side(audio),
        bright_db=_bright(mono, rate),
        digest=blake2b(np.round(mono * 32767).astype(np.int16).tobytes(), digest_size=16).hexdigest(),
        contour=tuple(_contour(speech).round(5).tolist()),
        envelope=tuple(_envelope(mono).round(4).tolist()),
    )


def _db(power: np.ndarray | float) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, 10 ** (NOTHING_DB / 10)))


def _levels(audio: np.ndarray, rate: int) -> tuple[float, float]:
    """dB of the speech (mean power of frames within 25 dB of the loudest) and of the quietest twentieth."""
    width, hop = int(FRAME_SECONDS * rate), int(HOP_SECONDS * rate)
    if len(audio) < width:
        return (float(_db(np.mean(audio**2))),) * 2
    sums = np.concatenate([[0.0], np.cumsum(audio.astype(np.float64) ** 2)])
    starts = np.arange(0, len(audio) - width + 1, hop)
    power = (sums[starts + width] - sums[starts]) / width
    speech = power[power >= power.max() * 10**-2.5]
    return float(_db(speech.mean())), float(np.quantile(_db(power), 0.05))


def _flat_tops(audio: np.ndarray, rate: int) -> int:
    """Runs of samples that stay at the wave's highest value: a sine of 100 Hz is never so long so flat."""
    size = np.abs(audio)
    peak = float(size.max())
    if peak < 0.05:
        return 0
    flat = np.diff((size >= peak * (1 - 1e-4)).astype(np.int8), prepend=0, append=0)
    lengths = np.flatnonzero(flat == -1) - np.flatnonzero(flat == 1)
    return int((lengths >= max(3, rate // 9000)).sum())


def _side(audio: np.ndarray) -> float:
    """dB of (left - right)/2 over (left + right)/2; NOTHING_DB for one channel."""
    if audio.shape[1] != 2:
        return NOTHING_DB
    middle, side = np.mean(audio.mean(axis=1) ** 2), np.mean((audio[:, 0] - audio[:, 1]) ** 2) / 4
    return float(_db(side / max(float(middle), 1e-12)))


def _contour(speech: np.ndarray) -> np.ndarray:
    """The contour (bands x pieces,) below 4 kHz of sound at COMMON_RATE, without its silent ends."""
    if len(speech) < 2 * WINDOW:
        return np.zeros(CONTOUR_BANDS * CONTOUR_PIECES)
    power = _power(speech, WINDOW)
    edges = np.searchsorted(
        np.fft.rfftfreq(WINDOW, 1 / COMMON_RATE), np.geomspace(100, 4000, CONTOUR_BANDS + 1)
    )
    bands = [power[:, low : max(high, low + 1)].mean(axis=1) for low, high in pairwise(edges)]
    places, frames = np.linspace(0, len(power) - 1, CONTOUR_PIECES), np.arange(len(power))
    floor = 1e-6 * max(float(np.max(bands)), 1e-12)  # of the clip: copies at another gain look alike
    rows = np.stack([np.interp(places, frames, np.log(band + floor)) for band in bands])
    contour = (rows - rows.mean()).ravel()
    return contour / max(float(np.linalg.norm(contour)), 1e-9)


def _bright(audio: np.ndarray, rate: int) -> float:
    """dB of energy above 4 kHz over all."""
    if len(audio) < WINDOW:
        return 0.0
    power = _power(audio, WINDOW).sum(axis=0)
    high = np.fft.rfftfreq(WINDOW, 1 / rate) >= 4000
    return float(_db(power[high].sum() / max(float(power.sum()), 1e-12)))


def _power(audio: np.ndarray, size: int) -> np.ndarray:
    """Power spectra (F, K) of half-overlapping Hann windows."""
    frames = np.lib.stride_tricks.sliding_window_view(audio, size)[:: size // 2]
    return np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2


def _envelope(audio: np.ndarray) -> np.ndarray:
    pieces = np.array_split(np.abs(audio), min(PICTURE_POINTS, len(audio)))
    return np.array([piece.max() for piece in pieces])
