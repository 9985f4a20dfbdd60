"""What an option may be: a value of the wrong type is refused by its name, never by a TypeError."""

import re
from fractions import Fraction

import numpy as np
import pytest

import itoaudio
from itoaudio.runtime import Options
from itoaudio.runtime.options import PER_STAGE
from itoaudio.runtime.trajectory import trajectory


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"speed": "2"}, "speed = '2': it must be a number"),
        ({"speed": True}, "speed = True: it must be a number"),
        ({"pitch": None}, "pitch = None: it must be a number"),
        ({"volume": 1j}, "volume = 1j: it must be a number"),
        ({"steps": "4"}, "steps = '4': it must be a whole number"),
        ({"steps": 2.5}, "steps = 2.5: it must be a whole number"),
        ({"steps": True}, "steps = True: it must be a whole number"),
        ({"steps": (4, 2.5)}, "steps = 2.5: it must be a whole number"),
        ({"steps": [4, 2, 1]}, "steps = (4, 2, 1): give one value, or two (acoustic, vocoder)"),
        ({"seed": 1.5}, "seed = 1.5: it must be a whole number"),
        ({"takes": 1.5}, "takes = 1.5: it must be a whole number"),
        ({"projections": 2.5}, "projections = 2.5: it must be a whole number"),
        ({"temperature": 10**400}, "temperature = 1000000"),
        ({"temperature": "0.5"}, "temperature = '0.5': it must be a number"),
        ({"corrector_snr": {}}, "corrector_snr = {}: it must be a number"),
        ({"sampler": 5}, "sampler = 5: it must be a text"),
        ({"grid": ["uniform", 5]}, "grid = 5: it must be a text"),
        ({"variant": b"few"}, "variant = b'few': it must be a text"),
        ({"preset": 1}, "preset = 1: it must be a text"),
        ({"speaker": 0}, "speaker = 0: it must be a text"),
        ({"markup": ["text"]}, "unknown markup ['text']"),
    ],
    ids=str,
)
def test_a_wrong_type_is_refused_by_name(options, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        Options(**options)


@pytest.mark.parametrize("name", PER_STAGE)
def test_a_list_of_two_is_a_pair(name):
    pair = {"steps": [4, 2], "corrector_snr": [0.1, 0.2], "temperature": [1, 0.5]}.get(name, ["a", None])
    assert getattr(Options(**{name: pair}), name) == tuple(pair)


def test_lists_speak_as_pairs_do(voice):
    ours, theirs = (voice.say("Hello.", steps=kind([4, 2])).samples for kind in (list, tuple))
    np.testing.assert_array_equal(ours, theirs)


def test_numbers_of_numpy_are_numbers():
    options = Options(steps=np.int64(4), seed=np.int32(3), speed=np.float32(1.5), temperature=np.float64(0.5))
    assert (options.steps, options.seed, options.speed) == (4, 3, 1.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", np.uint8(4)),
        ("corrector_snr", np.float64(0.1)),
        ("corrector_snr", Fraction(1, 8)),
        ("temperature", 1),
        ("projections", np.int16(3)),
        ("speed", np.float64(1.5)),
        ("pitch", Fraction(1, 2)),
        ("energy", np.float32(0.5)),
        ("volume", np.int8(-3)),
        ("pause", 2),
        ("seed", np.int32(1_500_000_000)),
        ("takes", np.uint64(2)),
    ],
    ids=str,
)
def test_numbers_are_kept_as_pythons_own(name, value):
    plain = int if name in ("steps", "projections", "seed", "takes") else float
    kept = getattr(Options(**{name: value}), name)
    assert type(kept) is plain
    assert kept == value


def test_numbers_of_a_pair_are_kept_as_pythons_own():
    options = Options(steps=(None, np.uint8(4)), temperature=[Fraction(1, 2), np.float64(1)])
    assert [type(part) for part in (*options.steps, *options.temperature)] == [type(None), int, float, float]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"corrector_snr": np.float64(0.125)}, {"corrector_snr": 0.125}),
        ({"corrector_snr": Fraction(1, 8)}, {"corrector_snr": 0.125}),
        ({"seed": np.uint8(200)}, {"seed": 200}),
        ({"seed": np.int32(1_500_000_000)}, {"seed": 1_500_000_000}),
    ],
    ids=str,
)
def test_numbers_of_numpy_speak_as_pythons_do(voice, theirs, ours):
    np.testing.assert_array_equal(voice.say("Hello.", **theirs).samples, voice.say("Hello.", **ours).samples)


@pytest.mark.parametrize("text", [5, None, b"Hello.", ["Hello."]], ids=repr)
def test_a_text_is_a_str(voice, text):
    for call in (voice.say, voice.stream, lambda text: trajectory(voice, text)):
        with pytest.raises(ValueError, match=r"text = .*: it must be a text"):
            call(text)


@pytest.mark.parametrize(
    ("threads", "says"), [(0, "from 1"), (-2, "from 1"), (1.5, "whole number"), (True, "whole number")]
)
def test_threads_are_one_or_more(toy_folder, threads, says):
    with pytest.raises(ValueError, match=f"threads = {threads}: it must be .*{says}"):
        itoaudio.load(toy_folder, threads=threads)


def test_a_lexicon_that_is_not_there_is_named(toy_folder, tmp_path):
    with pytest.raises(ValueError, match=r"nolex: no lexicon .*give a file with a word"):
        itoaudio.load(toy_folder, lexicon=tmp_path / "nolex")
