"""Choosing one of a voice's speakers."""

import numpy as np
import pytest

import toy_voice
from itoaudio.runtime import Voice
from itoaudio.runtime.errors import UnknownOption


@pytest.fixture
def voice(tmp_path):
    return Voice.load(toy_voice.build(tmp_path / "two", speakers=("ann", "bob")), threads=1)


def test_speakers_are_numbered_in_the_order_of_voice_json(voice):
    assert voice.spec.speakers == ("ann", "bob")
    assert [voice.speaker(name) for name in ("ann", "bob", None)] == [0, 1, 0]


def test_an_unknown_speaker_names_the_nearest(voice, toy_folder):
    with pytest.raises(UnknownOption, match=r"'bobb'.*bob"):
        voice.say("Hello.", speaker="bobb")
    with pytest.raises(UnknownOption, match="speaker 'ann': toy has one speaker; leave it out"):
        Voice.load(toy_folder, threads=1).say("Hello.", speaker="ann")


def test_a_voice_without_an_embedding_takes_no_notice(voice):
    sounds = [voice.say("Hello.", speaker=name).samples for name in ("ann", "bob")]
    np.testing.assert_array_equal(*sounds)
