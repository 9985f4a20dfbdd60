"""What changes between two texts, in symbols."""

import pytest

from itoaudio.runtime.edit_text import Change, changes, tokens
from itoaudio.text import English
from itoaudio.text.framing import framed


def read(text):
    return English().read(text)


def symbols(text):
    return "".join(framed(sentence.phonemes) for sentence in read(text))


@pytest.mark.parametrize(
    "text", ["Hello.", 'He said "no", twice: (once) - and left! Why? I know.', "One\n\ntwo"]
)
def test_tokens_are_the_symbols_that_say_encodes(text):
    assert "".join(tokens(read(text))) == symbols(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("I like cats.", "I like dogs.", [("kˈæts", "dˈɔɡz")]),
        ("I like cats.", "I like cats and dogs.", [("", " ænd dˈɔɡz")]),
        ("I like cats and dogs.", "I like cats.", [(" ænd dˈɔɡz", "")]),
        ("I like cats.", "We like dogs.", [("ˈaɪ", "wˈi"), ("kˈæts", "dˈɔɡz")]),
        ("I like cats.", "I like cats!", [(".", "!")]),
        ("I like cats.", "I LIKE cats.", []),
        ("It costs $5.", "It costs five dollars.", []),
    ],
)
def test_only_what_sounds_otherwise_changes(old, new, expected):
    found = changes(tokens(read(old)), tokens(read(new)))
    old_symbols, new_symbols = symbols(old), symbols(new)
    cut = [(old_symbols[c.old_start : c.old_stop], new_symbols[c.new_start : c.new_stop]) for c in found]
    plain = [tuple(part.replace("ˌ", "ˈ") for part in pair) for pair in cut]
    assert [tuple(map(_bare, pair)) for pair in plain] == [tuple(map(_bare, pair)) for pair in expected]
    kept_old, kept_new = _kept(old_symbols, found, True), _kept(new_symbols, found, False)
    assert kept_old == kept_new


def test_a_word_that_takes_another_sound_from_its_neighbours_changes_as_well():
    found = changes(tokens(read("I read it.")), tokens(read("I read it yesterday.")))
    assert isinstance(found[0], Change)


@pytest.mark.parametrize(
    "text", ["[pause:1s] One.", "One. [pause:0.2s]", '<speak><prosody rate="50%">One.</prosody></speak>']
)
def test_marks_of_silence_and_prosody_are_refused(text):
    with pytest.raises(ValueError, match="give plain words"):
        tokens(read(text))


def _bare(text):
    return text.replace("ˈ", "").replace("ˌ", "")


def _kept(found, cuts, old):
    for cut in reversed(cuts):
        first, last = (cut.old_start, cut.old_stop) if old else (cut.new_start, cut.new_stop)
        found = found[:first] + "|" + found[last:]
    return found
