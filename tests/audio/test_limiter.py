"""The ceiling holds between the samples too; what is below passes as it is; a stream is its whole."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from itoaudio.audio.limiter import Limiter, limited, true_peaks

RATE = 22050
CEILING = 10 ** (-1 / 20)


def true_peak_db(samples):
    """By scipy's filter at 16 times the rate: a ruler that is not ours."""
    return 20 * np.log10(np.abs(resample_poly(samples.astype(np.float64), 16, 1)).max())


def between(frequency, phase, seconds=0.5, level=1.0):
    """A tone that fades in and out."""
    n = np.arange(int(RATE * seconds))
    tone = level * np.sin(2 * np.pi * frequency * n / RATE + phase) * np.hanning(len(n))
    return tone.astype(np.float32)


def rough(seed, level):
    """Bursts of noise below 9 kHz over a hum."""
    rng = np.random.default_rng(seed)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(RATE)) * (np.arange(RATE // 2 + 1) < 9000), RATE)
    bursts = np.repeat(rng.uniform(0, 1, 50) ** 4, RATE // 50)
    return (level * bursts * (noise + np.sin(np.arange(RATE) / 30))).astype(np.float32)


@pytest.mark.parametrize("phase", [0.0, np.pi / 4, np.pi / 2])
@pytest.mark.parametrize("frequency", [120.0, RATE / 4, RATE / 6, 7000.0])
def test_the_ceiling_holds_where_peaks_lie_between_samples(frequency, phase):
    loud = between(frequency, phase, level=2.0)
    assert -1.1 < true_peak_db(limited(loud, RATE)) < -0.95


def test_a_tone_whose_samples_hide_its_peak():
    """At a quarter of the rate, 45 degrees off: samples reach 0.707 of the peak (BS.1770-4, annex 2)."""
    tone = between(RATE / 4, np.pi / 4, level=1.2)
    assert np.abs(tone).max() < CEILING
    assert true_peak_db(tone) > 1
    assert true_peak_db(limited(tone, RATE)) < -0.95


@pytest.mark.parametrize("seed", range(3))
def test_rough_sound(seed):
    loud = rough(seed, 1.5)
    assert true_peak_db(loud) > 3
    quiet = limited(loud, RATE)
    assert true_peak_db(quiet) < -0.9
    assert len(quiet) == len(loud)


def test_what_is_below_the_ceiling_passes_bit_for_bit():
    soft = rough(0, 0.1)
    assert true_peak_db(soft) < -1.5
    assert np.array_equal(limited(soft, RATE), soft)
    tone = np.concatenate([between(300, 0, level=0.7), between(300, 0, level=2.0)])
    assert np.array_equal(limited(tone, RATE)[: RATE // 4], tone[: RATE // 4])


@pytest.mark.parametrize("size", [1, 100, 997, 5000])
def test_a_stream_is_limited_as_its_whole(size):
    loud = rough(1, 1.5)[: 3000 if size == 1 else None]
    limiter = Limiter(RATE)
    parts = [limiter.add(loud[start : start + size]) for start in range(0, len(loud), size)]
    joined = np.concatenate([*parts, limiter.end()])
    np.testing.assert_allclose(joined, limited(loud, RATE), atol=1e-6)


def test_it_looks_a_finite_time_ahead():
    limiter = Limiter(RATE)
    assert limiter.reach < 0.04 * RATE
    assert len(limiter.add(np.zeros(5000, np.float32))) == 5000 - limiter.reach
    loud = np.zeros(RATE, np.float32)
    loud[RATE // 2] = 3.0
    touched = np.flatnonzero(limited(loud + 0.01, RATE) != loud + np.float32(0.01))
    assert touched.min() > RATE // 2 - limiter.reach
    assert touched.max() < RATE // 2 + limiter.reach


def test_the_gain_is_smooth():
    hum = np.full(RATE, 0.5, np.float32) * np.sin(np.arange(RATE) / 50).astype(np.float32)
    hum[RATE // 2] = 1.5
    gain = limited(hum, RATE) / np.where(np.abs(hum) > 0.01, hum, 1)
    gain = gain[np.abs(hum) > 0.01]
    assert np.abs(np.diff(gain)).max() < 0.02


def test_peaks_between_samples():
    tone = np.sin(np.pi / 2 * np.arange(200) + np.pi / 4).astype(np.float32)
    assert true_peaks(tone).max() == pytest.approx(1.0, abs=2e-3)


def test_short_and_empty():
    assert len(limited(np.zeros(0, np.float32), RATE)) == 0
    np.testing.assert_allclose(limited(np.full(1, 0.5, np.float32), RATE), [0.5])
