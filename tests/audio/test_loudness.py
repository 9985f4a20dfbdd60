import numpy as np
import pytest

from itoaudio.audio.loudness import PEAK, at_loudness, loudness


def sine(hz, rate, amplitude=1.0, seconds=2.0):
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [16000, 22050, 48000, 96000])
def test_the_standards_own_sine(rate):
    """BS.1770: 997 Hz at full scale in one channel reads -3.01 LUFS, whatever the rate."""
    assert loudness(sine(997, rate), rate) == pytest.approx(-3.01, abs=0.01)


def test_bass_counts_less_and_decibels_add():
    assert loudness(sine(50, 22050), 22050) < loudness(sine(997, 22050), 22050) - 4
    assert loudness(sine(997, 22050, 0.1), 22050) == pytest.approx(-23.01, abs=0.01)


def test_silence_between_words_is_gated():
    speech = sine(997, 22050, 0.1)
    padded = np.concatenate([speech, np.zeros(4 * 22050, np.float32)])
    assert loudness(padded, 22050) == pytest.approx(loudness(speech, 22050), abs=0.5)


def test_sound_is_brought_to_a_loudness_but_never_over_the_peak():
    quiet = sine(997, 22050, 0.01)
    assert loudness(at_loudness(quiet, 22050, -23.0), 22050) == pytest.approx(-23.0, abs=0.01)
    spiky = quiet.copy()
    spiky[100] = 0.9
    assert np.abs(at_loudness(spiky, 22050, -10.0)).max() == pytest.approx(PEAK, abs=1e-4)
    with pytest.raises(ValueError, match="silent"):
        at_loudness(np.zeros(22050, np.float32), 22050, -23.0)
