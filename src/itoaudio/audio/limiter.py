"""A limiter that keeps the true peak, the peak of the wave between the samples too, at or below a ceiling.

It looks ahead and back by a fixed time and has no other memory: each sample's gain is a smooth mean of the
least gains that the samples near it need. So a stream is limited as its whole, and what is below the ceiling
passes bit for bit. Peaks are found as ITU-R BS.1770-4, annex 2, asks: at about 192 kHz.
"""

from functools import cache

import numpy as np

CEILING_DB = -1.0
SMOOTH_SECONDS = 0.01  # half the length of a change of gain: slow beside the periods of most voices
_OVERSAMPLING = 8
_HALF_TAPS = 16


class Limiter:
    """One stream of sound: `add` its samples, then `end` it; together they answer as many as were added."""

    def __init__(self, sample_rate: int, *, ceiling_db: float = CEILING_DB) -> None:
        self._ceiling = 10 ** (ceiling_db / 20)
        self._smooth = round(SMOOTH_SECONDS * sample_rate)
        self._hold = self._smooth + _HALF_TAPS
        self.reach = self._smooth + self._hold + _HALF_TAPS
        self._seen = np.zeros(self.reach, dtype=np.float32)  # what stands around the next sample to answer

    def add(self, samples: np.ndarray) -> np.ndarray:
        """What can be told once `samples` (N,) are known, float32: all but the last `reach` of them."""
        self._seen = np.concatenate([self._seen, samples.astype(np.float32, copy=False)])
        count = len(self._seen) - 2 * self.reach
        if count <= 0:
            return np.zeros(0, dtype=np.float32)
        answer = self._limited(self._seen)
        self._seen = self._seen[count:]
        return answer

    def end(self) -> np.ndarray:
        """The rest."""
        return self.add(np.zeros(self.reach, dtype=np.float32))

    def _limited(self, around: np.ndarray) -> np.ndarray:
        middle = around[self.reach : -self.reach]
        # The taps between two samples sum to less than 3, so this cannot miss a peak.
        if np.abs(around).max(initial=0.0) * 3 <= self._ceiling:
            return middle
        needed = self._ceiling / np.maximum(true_peaks(around), self._ceiling)
        if needed.min() == 1.0:
            return middle
        least = _sliding_least(needed, 2 * self._hold + 1)
        window = np.hanning(2 * self._smooth + 3)[1:-1]
        gain = 1 - np.convolve(1 - least, window / window.sum(), mode="valid")
        return (middle * np.minimum(gain, 1.0)).astype(np.float32)


def limited(samples: np.ndarray, sample_rate: int, *, ceiling_db: float = CEILING_DB) -> np.ndarray:
    """A whole sound (N,) under the ceiling."""
    limiter = Limiter(sample_rate, ceiling_db=ceiling_db)
    return np.concatenate([limiter.add(samples), limiter.end()])


def true_peaks(samples: np.ndarray) -> np.ndarray:
    """Largest magnitude from each of (N,) samples to the next, the ends left out: (N - 2 h,)."""
    peaks = np.abs(samples[_HALF_TAPS:-_HALF_TAPS]).astype(np.float64)
    for taps in _between():
        np.maximum(peaks, np.abs(np.convolve(samples, taps, mode="valid")[1:]), out=peaks)
    return peaks


@cache
def _between() -> list[np.ndarray]:
    """Windowed sinc filters (2 h,) for the places between two samples."""
    offsets = np.arange(-_HALF_TAPS + 1, _HALF_TAPS + 1)
    found = []
    for phase in range(1, _OVERSAMPLING):
        x = offsets - phase / _OVERSAMPLING
        window = np.i0(9.0 * np.sqrt(np.maximum(1 - (x / _HALF_TAPS) ** 2, 0))) / np.i0(9.0)
        found.append((np.sinc(x) * window)[::-1].copy())
    return found


def _sliding_least(values: np.ndarray, width: int) -> np.ndarray:
    """Least of each `width` neighbours, (N - width + 1,), by windows of doubling length."""
    reached = 1
    while reached < width:
        step = min(reached, width - reached)
        values = np.minimum(values[:-step], values[step:])
        reached += step
    return values
