"""Speech level, anchors, beeps and tones: what they are said to be."""

import io

import numpy as np
import pytest
import soundfile

from itoaudio.listen.level import active_level, clipped
from itoaudio.listen.signals import TONE_SECONDS, interrupted, low_pass, tone, volume_noise

RATE = 16000


def sine(hertz, seconds, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def db(audio):
    return 10 * np.log10(np.square(audio).mean())


def test_a_steady_sound_has_the_level_of_its_power():
    assert active_level(sine(440, 3, 0.1), RATE) == pytest.approx(-23.0, abs=0.15)


def test_pauses_do_not_count_and_gain_does():
    """Each pause counts for its first 0.2 s, the hangover of P.56: here 0.4 s of 4 s."""
    loud = sine(440, 2, 0.1)
    paused = np.concatenate([loud, np.zeros(3 * RATE), loud, np.zeros(2 * RATE)])
    assert active_level(paused, RATE) == pytest.approx(active_level(loud, RATE), abs=0.8)
    assert db(paused) < db(loud) - 3
    assert active_level(0.25 * paused, RATE) - active_level(paused, RATE) == pytest.approx(-12.04, abs=0.3)


def test_silence_and_clicks():
    assert active_level(np.zeros(RATE), RATE) == -np.inf
    click = np.zeros(RATE)
    click[100] = 0.5
    assert np.isfinite(active_level(click, RATE))


def test_clipped_means_three_samples_at_full_scale():
    assert not clipped(np.array([0.5, 1.0, 1.0, 0.5]))
    assert clipped(np.array([0.5, 1.0, -1.0, 1.0]))
    assert not clipped(np.zeros(2))


@pytest.mark.parametrize("hertz", [200, 3400])
def test_an_anchor_keeps_what_is_below_its_cut(hertz):
    audio = sine(hertz, 0.5)
    middle = slice(2000, 6000)
    assert low_pass(audio, RATE, 3500)[middle] == pytest.approx(audio[middle], abs=0.012)


@pytest.mark.parametrize("hertz", [4050, 6000])
def test_an_anchor_takes_what_is_above(hertz):
    assert db(low_pass(sine(hertz, 0.5), RATE, 3500)[2000:6000]) < -50


def test_an_anchor_that_cuts_nothing_is_refused():
    with pytest.raises(ValueError, match="16000 Hz"):
        low_pass(sine(100, 0.1), RATE, 7000)


@pytest.mark.parametrize("beeps", [1, 4])
def test_beeps_can_be_counted(beeps):
    audio = interrupted(sine(150, 1, 0.1), RATE, beeps)
    rest = np.abs(audio[int(0.6 * RATE) :]) > 0.02
    loud = np.convolve(rest, np.ones(200)) > 0  # close the gaps between half waves
    assert np.count_nonzero(np.diff(loud.astype(int)) == 1) == beeps
    assert np.abs(audio).max() <= 0.15


def test_the_softest_tone_is_another_one_in_the_air():
    stereo = {kind: soundfile.read(io.BytesIO(tone(kind)))[0] for kind in ("loud", "soft", "antiphase")}
    ear = {kind: db(audio[:, 0]) for kind, audio in stereo.items()}
    assert ear["loud"] == pytest.approx(ear["antiphase"], abs=0.01)
    assert ear["loud"] - ear["soft"] == pytest.approx(6.02, abs=0.05)
    assert len(stereo["loud"]) == TONE_SECONDS * 44100
    air = {kind: np.abs(audio.sum(axis=1)).max() for kind, audio in stereo.items()}
    assert air["antiphase"] < 1e-3 < air["soft"] < air["loud"]


def test_the_noise_for_the_volume_has_the_level_of_speech():
    audio, rate = soundfile.read(io.BytesIO(volume_noise(-26.0)))
    assert active_level(audio[:, 0], rate) == pytest.approx(-26, abs=0.5)
