"""The rise of a question: late, on sounds, never down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itoaudio.runtime import Voice
from itoaudio.runtime.intonation import RISE_SECONDS, RISE_SEMITONES, question_rise

RATE = 86.13


def test_it_begins_shortly_before_the_last_sound_and_is_whole_at_its_end():
    frames = np.full(9, 10)
    rise = question_rise("_ɪzɪtkˈɪ?", frames[:9], frame_rate=RATE)
    ends = np.cumsum(frames)
    last = 7  # the vowel; after it only marks
    before = ends - 5 <= ends[last] - RISE_SECONDS * RATE
    assert (rise[before] == 0).all()
    assert (np.diff(rise) >= 0).all()
    assert 0.8 * RISE_SEMITONES < rise[last] < RISE_SEMITONES
    assert rise[-1] == RISE_SEMITONES


def test_marks_alone_do_not_rise():
    assert not question_rise("_?_", np.array([3, 4, 5]), frame_rate=RATE).any()


@given(st.text(alphabet="_?. ɪkˈ", min_size=1, max_size=30), st.integers(0, 40))
def test_it_stays_within_its_bounds(symbols, length):
    rise = question_rise(symbols, np.full(len(symbols), length), frame_rate=RATE)
    assert rise.shape == (len(symbols),)
    assert ((rise >= 0) & (rise <= RISE_SEMITONES)).all()


def slope(audio):
    """Of log-F0 over the last voiced 0.3 s."""
    from itoaudio.audio.mel import MelSpec
    from itoaudio.evaluate.pitch import track

    pitch = track(audio.samples, MelSpec())
    last = np.flatnonzero(pitch.voiced)[-26:]
    return np.polyfit(last, np.log(pitch.f0[last]), 1)[0]


@pytest.mark.parametrize("words", ["Will it rain tomorrow", "Have you seen my brother", "Is this the road"])
def test_the_embedded_voice_is_heard_to_ask(words):
    voice = Voice.load("kathleen")
    assert slope(voice.say(f"{words}?")) > 0 > slope(voice.say(f"{words}."))


def test_new_words_that_end_a_question_rise_too():
    voice = Voice.load("kathleen")
    old = "It was cold. Will it rain on Sunday?"
    new = "It was cold. Will it rain tomorrow?"
    said = voice.say(old)
    assert slope(voice.edit(said, old, new)) > 0 > slope(voice.edit(said, old, f"{new[:-1]}."))
