"""Pitch, voicing and periodicity, where the answer is known."""

import numpy as np
import pytest

from itoaudio.audio.mel import MelSpec
from itoaudio.evaluate.metrics import melody
from itoaudio.evaluate.metrics.metric import Unmeasurable
from itoaudio.evaluate.pitch import WINDOW_SECONDS, Pitch, periodicity, track
from itoaudio.evaluate.sound import Sound, Take

SPEC = MelSpec()


class Heard(Sound):
    """A sound whose pitch is given instead of heard."""

    def __init__(self, f0, periodic=None):
        super().__init__(np.zeros(SPEC.hop_samples * len(f0)), SPEC.sample_rate)
        f0 = np.asarray(f0, dtype=float)
        self.pitch = Pitch(f0, np.zeros(len(f0)) if periodic is None else np.asarray(periodic, dtype=float))


def pair(made, true):
    return Take(made, reference=true, aligned=True)


@pytest.mark.parametrize("hz", [90.0, 210.0])
def test_the_pitch_of_a_tone_is_found_where_it_sounds(tone, hz):
    pitch = track(tone(hz).samples, SPEC)
    frames = np.arange(len(pitch.f0))
    inside = slice(round(0.3 * 86), round(0.7 * 86))
    np.testing.assert_allclose(pitch.f0[inside], hz, rtol=0.01)
    assert not pitch.voiced[(frames < 0.1 * 86) | (frames > 0.95 * 86)].any()
    assert len(pitch.f0) == SPEC.frames(SPEC.sample_rate) == len(pitch.periodicity)


def test_a_semitone_is_a_hundred_cents(tone):
    take = pair(tone(120 * 2 ** (1 / 12)), tone(120))
    assert melody.log_f0_error(take) == pytest.approx(100, abs=8)


def test_log_f0_error_is_over_frames_voiced_in_both():
    take = pair(Heard([100, 0, 200, 300]), Heard([100, 100, 100, 0]))
    assert melody.log_f0_error(take) == pytest.approx(np.sqrt((0 + 1200**2) / 2))


def test_f1_of_counted_frames():
    """Two hits, one false alarm, two misses: F1 = 2 * 2 / (2 * 2 + 1 + 2)."""
    take = pair(Heard([1, 1, 1, 0, 0, 0]), Heard([1, 1, 0, 1, 1, 0]))
    assert melody.voicing_f1(take) == pytest.approx(4 / 7)


def test_periodicity_error_is_over_frames_voiced_in_either():
    take = pair(Heard([100, 0, 0], [0.5, 0.9, 0]), Heard([100, 100, 0], [0.9, 0.6, 1]))
    assert melody.periodicity_error(take) == pytest.approx(np.sqrt((0.4**2 + 0.3**2) / 2))


def test_silence_has_no_melody():
    silent = Heard([0, 0])
    for metric in (melody.log_f0_error, melody.voicing_f1, melody.periodicity_error):
        with pytest.raises(Unmeasurable):
            metric(pair(silent, silent))


def test_a_tone_is_periodic_and_noise_is_not(tone, noise):
    inside = slice(30, 60)
    assert track(tone(150).samples, SPEC).periodicity[inside].min() > 0.97
    assert periodicity(noise.samples.astype(float), SPEC).max() < 0.5
    assert periodicity(np.zeros(4096), SPEC).max() == 0


def test_periodicity_is_the_highest_pearson_correlation(noise):
    """One frame by numpy's own correlation coefficient, at every lag of 65 to 500 Hz."""
    audio, frame = noise.samples.astype(float), 40
    window = round(WINDOW_SECONDS * SPEC.sample_rate)
    shortest, longest = round(SPEC.sample_rate / 500), round(SPEC.sample_rate / 65)
    begin = frame * SPEC.hop_samples + SPEC.hop_samples // 2 - (window + longest) // 2
    first = audio[begin : begin + window]
    found = [
        np.corrcoef(first, audio[begin + lag : begin + lag + window])[0, 1]
        for lag in range(shortest, longest + 1)
    ]
    assert periodicity(audio, SPEC)[frame] == pytest.approx(max(found), rel=1e-6)
