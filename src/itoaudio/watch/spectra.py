"""What is drawn of a moment: decibels over time and frequency, on one scale for all, and the wave."""

import numpy as np

from itoaudio.audio.mel import band_edges
from itoaudio.watch.film import Film

SPECTRUM_SAMPLES, SPECTRUM_HOP = 512, 128
RANGE_DB = 70.0
DB_PER_NEPER = 20 / np.log(10)
MEL_TICKS_HZ, LINEAR_TICKS_HZ = (500, 1000, 2000, 4000, 8000), (2000, 4000, 6000, 8000, 10000)
VIEWS = ("state", "guess", "shaped")
"""Fields of a `Moment`: the state under the paper's mu = 0 and L = 1, the guess, the voice's own state."""


def spectrum(film: Film, index: int, view: str = "state") -> np.ndarray:
    """A view of moment `index` as (rows, columns) in dB, low first: the mel, or a sound's spectrogram."""
    shown: np.ndarray = getattr(film.moments[index], view)
    if film.stage == "acoustic":
        return DB_PER_NEPER * shown
    padded = np.pad(shown, SPECTRUM_SAMPLES // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, SPECTRUM_SAMPLES)[::SPECTRUM_HOP]
    return 20 * np.log10(np.abs(np.fft.rfft(frames * np.hanning(SPECTRUM_SAMPLES))).T + 1e-6)


def scale(film: Film) -> tuple[float, float]:
    """Least and greatest dB to show: RANGE_DB below the loudest place of the last moment."""
    top = float(spectrum(film, len(film.moments) - 1).max())
    return top - RANGE_DB, top


def ticks(film: Film) -> tuple[list[float], list[str]]:
    """Rows of `spectrum` at round frequencies, and their names in kHz."""
    if film.stage == "acoustic":
        centres = band_edges(film.mel)[1:-1]
        found = [hz for hz in MEL_TICKS_HZ if hz <= centres[-1] * 1.05]
        rows = np.interp(found, centres, np.arange(len(centres)))
    else:
        found = [hz for hz in LINEAR_TICKS_HZ if hz <= film.sample_rate / 2]
        rows = np.array(found) * SPECTRUM_SAMPLES / film.sample_rate
    return rows.tolist(), [f"{hz / 1000:g}" for hz in found]


def outline(samples: np.ndarray, columns: int) -> np.ndarray:
    """Least and greatest sample (2, columns) of equal parts of a sound (N,): its waveform at a glance."""
    edges = np.linspace(0, len(samples), min(columns, len(samples)), endpoint=False).astype(int)
    return np.stack([np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)])
