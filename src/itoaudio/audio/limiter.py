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
_LARGEST_SUM = 2.4  # more than the magnitudes of the taps between two samples add up to
_BLOCK_SAMPLES = 256


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
        peaks = true_peaks(around, above=self._ceiling)
        needed = self._ceiling / np.maximum(peaks, self._ceiling)
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


def true_peaks(samples: np.ndarray, *, above: float = 0.0) -> np.ndarray:
    """Largest magnitude from each of (N,) samples to the next, the ends left out: (N - 2 h,).

    Where it cannot be `above`, the sample's own magnitude is enough.
    """
    sizes = np.abs(samples)
    peaks = sizes[_HALF_TAPS:-_HALF_TAPS].astype(np.float64)
    for start, stop in _loud_stretches(sizes, above):
        near = samples[start : stop + 2 * _HALF_TAPS]
        for taps in _between():
            between = np.abs(np.convolve(near, taps, mode="valid")[1:])
            np.maximum(peaks[start:stop], between, out=peaks[start:stop])
    return peaks


def _loud_stretches(sizes: np.ndarray, above: float) -> list[tuple[int, int]]:
    """Stretches [start, stop) of the N - 2 h inner samples, in blocks, that a peak `above` may lie in."""
    count = len(sizes) - 2 * _HALF_TAPS
    starts = np.arange(0, max(count, 0), _BLOCK_SAMPLES)
    if not len(starts):
        return []
    largest = np.maximum.reduceat(sizes, starts)  # of the samples from one block's first tap to the next's
    following = np.append(largest[1:], largest[-1])  # a block's last taps lie there
    loud = np.maximum(largest, following) * _LARGEST_SUM >= above
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
    stretches = np.minimum(edges.reshape(-1, 2) * _BLOCK_SAMPLES, count)
    return [(int(start), int(stop)) for start, stop in stretches]


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
