"""Sound is held against its text by its envelope: what was said, not at which pitch."""

import pytest

from itoaudio import load
from itoaudio.corpus.examine import fit_of
from itoaudio.runtime.voice_folder import find
from itoaudio.text import English


@pytest.mark.slow
def test_pitch_says_little_and_a_word_that_is_not_there_says_much(tmp_path):
    text, english, path = "A rod is used to catch pink salmon.", English(), tmp_path / "said.wav"
    fits = {}
    for semitones in (0.0, 3.0):
        load("kathleen", threads=1).say(text, pitch=semitones).write(path)
        fits[semitones] = fit_of(path, english.phonemes(text), find("kathleen")).distance
    without = fit_of(path, english.phonemes("A rod is used to salmon."), find("kathleen")).distance
    assert fits[3.0] < 1.5 * fits[0.0] < without
