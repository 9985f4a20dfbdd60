"""Every option of a call does what it says, whichever call takes it; the table must name each of them."""

from dataclasses import fields

import numpy as np
import pytest

from itoaudio.audio.mel import log_mel
from itoaudio.runtime import Audio, Options, Voice
from itoaudio.runtime.edit import edit
from itoaudio.runtime.trajectory import trajectory
from itoaudio.runtime.voice import OF_SPEECH

TEXT = "# Hello there. World."
SENTENCE_GAP = round(0.2 * 22050)


def redrawn(plain, heard):
    """Another draw of the same length."""
    return len(plain) == len(heard) and not np.array_equal(plain, heard)


def faster(plain, heard):
    return len(heard) / len(plain) == pytest.approx(1 / 2, rel=0.01)


def tenth_as_loud(plain, heard):
    return np.allclose(heard, plain / 10, rtol=1e-3)


def one_gap_more(plain, heard):
    return len(heard) == len(plain) + SENTENCE_GAP


def longer(plain, heard):
    return len(heard) > len(plain)


CASES = {
    "preset": ({"preset": "fast"}, redrawn),
    "steps": ({"steps": 3}, redrawn),
    "sampler": ({"sampler": "unipc", "steps": 4, "variant": "exact"}, redrawn),
    "grid": ({"grid": "log_snr", "steps": 4, "variant": "exact"}, redrawn),
    "sde": ({"sde": "vp", "sampler": "ancestral", "steps": 4, "variant": "exact"}, redrawn),
    "corrector_snr": ({"corrector_snr": 0.16, "steps": 4, "variant": "exact"}, redrawn),
    "variant": ({"variant": "exact"}, redrawn),
    "temperature": ({"temperature": 0.5}, redrawn),
    "projections": ({"projections": 4}, redrawn),
    "speed": ({"speed": 2.0}, faster),
    "pitch": ({"pitch": 2.0}, redrawn),
    "energy": ({"energy": 3.0}, redrawn),
    "volume": ({"volume": -20.0}, tenth_as_loud),
    "pause": ({"pause": 2.0}, one_gap_more),
    "seed": ({"seed": 1}, redrawn),
    "takes": ({"takes": 8}, redrawn),
    "speaker": ({"speaker": "bob"}, redrawn),
    "markup": ({"markup": "text"}, longer),
}
BESIDE = {
    "sampler": {"steps": 4, "variant": "exact"},
    "grid": {"steps": 4, "variant": "exact"},
    "sde": {"sampler": "ancestral", "steps": 4, "variant": "exact"},
    "corrector_snr": {"steps": 4, "variant": "exact"},
}
"""What goes with an option in both calls, so that nothing but the option differs."""


@pytest.fixture(scope="module")
def voice(duo_folder):
    return Voice.load(duo_folder, threads=1)


@pytest.fixture(scope="module")
def recording(voice):
    return voice.say("The cat sat on the old mat.")


def test_the_table_is_whole():
    assert set(CASES) == {field.name for field in fields(Options)}


@pytest.mark.parametrize("name", CASES)
def test_say(voice, name):
    option, as_it_should = CASES[name]
    plain = voice.say(TEXT, **BESIDE.get(name, {})).samples
    assert as_it_should(plain, voice.say(TEXT, **option).samples)


@pytest.mark.parametrize("name", CASES)
def test_vocode_takes_what_a_copy_can_use_and_refuses_the_rest(voice, recording, name):
    option, _ = CASES[name]
    if name in OF_SPEECH:
        with pytest.raises(ValueError, match=f"{name} = .*: a copy is as its recording speaks; leave it out"):
            voice.vocode(recording, **option)
        return
    plain = voice.vocode(recording, **BESIDE.get(name, {})).samples
    assert redrawn(plain, voice.vocode(recording, **option).samples)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"takes", "pause"}))
def test_edit(voice, recording, name):
    """`takes` and `pause` it refuses."""
    old, new = "The cat sat on the old mat.", "The cat sat on the [blue](red) mat."
    option, _ = CASES[name]
    usual = {} if name == "preset" else {"steps": 4, **BESIDE.get(name, {})}
    plain, other = (
        edit(voice, recording, old, new, **{**usual, **more}).audio.samples for more in ({}, option)
    )
    assert len(plain) != len(other) or not np.array_equal(plain, other)


@pytest.mark.parametrize("stage", ["acoustic", "vocoder"])
@pytest.mark.parametrize("name", sorted(set(CASES) - {"takes", "pause"}))
def test_trajectory(voice, stage, name):
    """`takes` and `pause` it refuses. Of the mel, what is done to the sound afterwards changes nothing."""
    option, _ = CASES[name]
    usual = {} if name == "preset" else {"steps": 4}
    ends = [
        trajectory(voice, "# Hello.", stage=stage, **more)[-1].state
        for more in ({**usual, **BESIDE.get(name, {})}, {**usual, **option})
    ]
    same = ends[0].shape == ends[1].shape and np.array_equal(*ends)
    assert same == (stage == "acoustic" and name in ("volume", "projections"))


@pytest.mark.parametrize("name", ["takes", "pause"])
def test_one_draw_has_no_use_for_takes_and_pauses(voice, recording, name):
    option, _ = CASES[name]
    with pytest.raises(ValueError, match=f"{name} = .*leave it out"):
        trajectory(voice, "Hello.", **option)
    with pytest.raises(ValueError, match=f"{name} = .*leave it out"):
        edit(voice, recording, "The cat sat on the old mat.", "The cat sat on the blue mat.", **option)


def test_without_temperature_there_is_no_chance(voice):
    calm = {"temperature": (0.0, 0.0), "projections": 0}
    first, second = (voice.say("Hello.", seed=seed, **calm).samples for seed in (1, 2))
    np.testing.assert_array_equal(first, second)


def test_one_temperature_is_the_acoustic_models_in_say_and_the_vocoders_in_vocode(voice, recording):
    half, pair = (voice.vocode(recording, temperature=t).samples for t in (0.5, (None, 0.5)))
    np.testing.assert_array_equal(half, pair)
    half, pair = (voice.say("Hello.", temperature=t).samples for t in (0.5, (0.5, None)))
    np.testing.assert_array_equal(half, pair)


def test_each_round_of_projection_brings_the_sound_nearer_to_its_mel(voice, recording):
    """The mel's own distance to that of its copy, in mean square."""
    mel = log_mel(recording.samples, voice.spec.mel)

    def distance(rounds):
        copy = voice.vocode(recording, projections=rounds)
        return np.square(log_mel(copy.samples, voice.spec.mel) - mel).mean()

    found = [distance(rounds) for rounds in (0, 1, 4, 16)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0] / 2


def test_threads_change_the_bits_at_most(duo_folder, voice):
    other = Voice.load(duo_folder, threads=2).say("Hello.")
    np.testing.assert_allclose(other.samples, voice.say("Hello.").samples, atol=1e-4)


def test_an_array_is_at_the_voices_rate_unless_told(voice):
    noise = 0.1 * np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    assert len(voice.vocode(noise).samples) == 8000
    assert len(voice.vocode(noise, sample_rate=11025).samples) == 16000
    assert isinstance(voice.vocode(noise), Audio)
