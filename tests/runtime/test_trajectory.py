"""Noise becoming speech: the moments of a draw are those of the shipped path, and end where it ends."""

import numpy as np
import pytest

import itoaudio
from itoaudio.audio.mel import log_mel
from itoaudio.runtime import UnknownOption
from itoaudio.runtime.trajectory import STAGES, sound_of, trajectory

TEXT = "Hello there."


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


@pytest.mark.parametrize(
    "options", [{}, {"steps": 5, "sampler": "er_sde_2", "volume": -6.0}, {"preset": "exact", "speed": 1.5}]
)
@pytest.mark.parametrize("text", [TEXT, "Is it raining?"])
def test_the_last_moment_is_what_the_voice_says(voice, text, options):
    said = voice.say(text, seed=3, **options).samples
    moments = trajectory(voice, text, stage="vocoder", seed=3, **options)
    fade = round(0.005 * voice.sample_rate)
    np.testing.assert_allclose(moments[-1].state[fade:-fade], said[fade:-fade], atol=1e-3 * abs(said).max())
    assert len(moments[0].state) == len(said)


def test_the_mel_of_the_last_moment_is_what_the_vocoder_hears(voice):
    mel = trajectory(voice, TEXT, seed=3)[-1].state
    said = voice.say(TEXT, seed=3).samples
    fade = round(0.005 * voice.sample_rate)
    heard = sound_of(voice, mel, seed=3)
    np.testing.assert_allclose(heard[fade:-fade], said[fade:-fade], atol=1e-3 * abs(said).max())


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("sde", ["vp_cosine", "ve", "straight"])
def test_levels_fall_from_noise_to_data_whatever_the_sde(voice, stage, sde):
    moments = trajectory(voice, TEXT, stage=stage, sde=sde, sampler="ddim", steps=6)
    levels = [moment.level for moment in moments]
    assert len(moments) == 7
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > 0.9
    assert levels[-1] < 0.05
    assert all(np.isfinite(moment.state).all() and np.isfinite(moment.guess).all() for moment in moments)
    assert moments[-1].guess is moments[-1].state is moments[-1].shaped


def test_noise_goes_away_step_by_step(voice):

    moments = trajectory(voice, TEXT, stage="acoustic", preset="exact", steps=12)
    spread = [np.std(moment.state - moments[-1].state) for moment in moments]
    assert spread[-1] == 0.0
    assert spread[0] > 3 * spread[-3]


def test_scaled_states_are_the_same_under_every_family(voice):
    """All linear SDEs have one probability flow up to scale, so their pictures agree at one noise level."""

    def states(sde):
        return [m.state for m in trajectory(voice, TEXT, sde=sde, sampler="ddim", grid="log_snr", steps=8)]

    for ours, theirs in zip(states("vp_cosine"), states("straight"), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.1)


def test_correctors_are_seen(voice):
    plain, corrected = (
        trajectory(voice, TEXT, sampler="reverse_diffusion", sde="vp", steps=8, corrector_snr=snr)
        for snr in (None, 0.16)
    )
    assert np.array_equal(plain[0].state, corrected[0].state)
    assert not np.array_equal(plain[1].state, corrected[1].state)


def test_shaped_noise_has_the_envelope_and_the_state_is_white(voice):
    """L is the envelope, so even pure noise is as loud, band by band, as the sound it becomes."""
    moments = trajectory(voice, TEXT, stage="vocoder", preset="exact", steps=8)
    first, last = (
        log_mel(sound, voice.spec.mel).mean(1) for sound in (moments[0].shaped, moments[-1].shaped)
    )
    assert first == pytest.approx(last, abs=1.0)
    spectrum = np.abs(np.fft.rfft(moments[0].state[: 64 * 256].reshape(64, 256))).mean(0)[2:-2]
    assert spectrum.max() / spectrum.min() < 2
    assert moments[0].state.std() == pytest.approx(moments[0].shaped.std(), rel=0.3)


def test_the_mean_of_the_text_shows_with_alpha(voice):
    """Under mu = 0 the first state knows nothing of the text; the voice's own noise is around its mean."""
    first = [
        trajectory(voice, text, seed=1, temperature=1e-3)[0] for text in ("Hello there.", "Hello where.")
    ]
    assert np.abs(first[0].state - first[1].state).max() < 0.05
    assert np.abs(first[0].shaped - first[1].shaped).max() > 0.5


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("One. Two.", {}, "2 sentences in 'One. Two.'"),
        ("…", {}, "nothing to say"),
        (TEXT, {"stage": "acustic"}, "nearest: 'acoustic'"),
        (TEXT, {"spede": 1}, "nearest: 'speed'"),
        (TEXT, {"takes": 2}, "takes = 2"),
    ],
)
def test_what_is_refused(voice, text, options, message):
    with pytest.raises(ValueError, match=message):
        trajectory(voice, text, **options)


def test_an_unknown_stage_is_an_unknown_option(voice):
    with pytest.raises(UnknownOption):
        trajectory(voice, TEXT, stage="both")
