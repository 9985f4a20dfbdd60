"""Loudness of speech in LUFS (ITU-R BS.1770-4, one channel), and sound brought to a given one.

L = -0.691 + 10 log10 of the mean square of K-weighted sound, over blocks of 0.4 s that pass two gates. The
weighting is applied in the frequency domain, so it is the same at every sample rate.
"""

import numpy as np

_BLOCK_SECONDS, _OVERLAP = 0.4, 4
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
# Annex 1's two filters, written for 48 kHz: (numerator, denominator) of a shelf and of a high pass.
_RATE = 48000
_FILTERS = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
PEAK = 10 ** (-1.0 / 20)  # no sample is brought above -1 dBFS


def loudness(audio: np.ndarray, sample_rate: int) -> float:
    """Integrated loudness in LUFS of audio (N,); -inf when no block is louder than -70 LUFS."""
    block = int(_BLOCK_SECONDS * sample_rate)
    weighted = _weighted(audio, sample_rate)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    sums = np.concatenate([[0.0], np.cumsum(weighted**2)])
    starts = np.arange(0, len(weighted) - block + 1, max(1, block // _OVERLAP))
    power = (sums[starts + block] - sums[starts]) / block
    power = power[power > _power(_ABSOLUTE_GATE)]
    if len(power) == 0:
        return -np.inf
    kept = power[power >= power.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return float(-0.691 + 10 * np.log10(kept.mean()))


def at_loudness(audio: np.ndarray, sample_rate: int, lufs: float) -> np.ndarray:
    """Audio (N,) scaled to `lufs`, less when a peak would pass -1 dBFS. ValueError for silence."""
    now = loudness(audio, sample_rate)
    if not np.isfinite(now):
        raise ValueError(f"silent: nothing is louder than {_ABSOLUTE_GATE:g} LUFS, so {lufs:g} cannot be set")
    gain = min(10 ** ((lufs - now) / 20), PEAK / max(float(np.abs(audio).max()), 1e-9))
    return (audio * gain).astype(np.float32)


def _power(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)


def _weighted(audio: np.ndarray, sample_rate: int) -> np.ndarray:
    """Audio (N,) through both filters."""
    size = len(audio) + int(0.1 * sample_rate)  # the filters' tails must not wrap around
    frequency = np.minimum(np.fft.rfftfreq(size, 1 / sample_rate), _RATE / 2)
    z = np.exp(-2j * np.pi * frequency / _RATE)
    gain = np.ones_like(z)
    for numerator, denominator in _FILTERS:
        gain *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    return np.fft.irfft(np.fft.rfft(audio.astype(np.float64), size) * gain, size)[: len(audio)]
