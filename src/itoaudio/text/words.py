"""The front end's answer: words with their sounds and marks, in sentences of bearable length."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from itoaudio.text.questions import rises
from itoaudio.text.spans import Prosody
from itoaudio.text.symbols import PUNCTUATION

Pause = Literal["word", "clause", "sentence", "paragraph"]

_EDGES = re.compile(rf"([{re.escape(PUNCTUATION)}\s]*)(.*?)([{re.escape(PUNCTUATION)}\s]*)", re.DOTALL)
_BY_WEIGHT = "?!…—.;:,"  # of several marks at one place the first of these is heard
_QUOTES = '"()'
_FINAL = ".!?…"
_AS_TRAINED = Prosody()


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of the text and its sound; timestamps are given for these.

    `written` is the source text, `spoken` the words it stands for, `phonemes` their IPA with a space between
    words. `before` and `after` are the punctuation symbols around it.
    """

    written: str
    spoken: str
    phonemes: str
    before: str = ""
    after: str = ""

    @property
    def symbols(self) -> str:
        """Phonemes with the punctuation around them."""
        return f"{self.before}{self.phonemes}{self.after}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text to synthesise at once, and what follows it.

    After it comes a silence of `silence_after` seconds where the text asks for one, else one fit for `pause`.
    Before it come `silence_before` seconds, which only the first sentence has.
    """

    words: tuple[Word, ...]
    pause: Pause
    prosody: Prosody = _AS_TRAINED
    silence_before: float = 0.0
    silence_after: float | None = None

    @property
    def phonemes(self) -> str:
        """The acoustic model's input, over the symbol table: 'həlˈoʊ, wˈɜɹld.'"""
        return " ".join(word.symbols for word in self.words)

    @property
    def rises(self) -> bool:
        """Whether its end goes up: it asks for a yes or a no."""
        return bool(self.words) and rises([word.spoken for word in self.words], self.words[-1].after)


def word(written: str, spoken: str, sound: str) -> Word:
    """A word from its sound with punctuation.

    Pause marks are the sound's, as the pronouncer knows that the stop in "U.S." ends nothing; quotes and
    brackets are the text's.
    """
    before, phonemes, after = _edges(sound)
    text_before, _, text_after = _edges(spoken)
    if not phonemes:
        return Word(written, spoken, "", marks(before or text_before))
    before = "".join(mark for mark in text_before if mark in before or mark in _QUOTES)
    after = "".join(mark for mark in text_after if mark in after or mark in _QUOTES)
    return Word(written, spoken, phonemes, marks(before), marks(after))


def _edges(text: str) -> tuple[str, str, str]:
    match = _EDGES.fullmatch(text)
    assert match is not None  # each part may be empty
    return match[1], match[2], match[3]


def marks(found: str) -> str:
    """At most one pause mark, the weightiest, and each quote or bracket once, in their order."""
    heard = next((mark for mark in _BY_WEIGHT if mark in found), "")
    return "".join(dict.fromkeys(mark for mark in found if mark == heard or mark in _QUOTES))


def ends_with_stop(words: Sequence[Word]) -> bool:
    """Whether the last word bears a mark that ends a sentence."""
    return any(mark in words[-1].after for mark in _FINAL)


def closed(words: list[Word], mark: str) -> list[Word]:
    """`words` with the pause mark `mark` at the end, in place of a lighter one."""
    last = words[-1]
    bare = last.after.translate(str.maketrans("", "", _BY_WEIGHT))
    return [*words[:-1], replace(last, after=mark + bare)]


def cut(words: Sequence[Word], limit: int, end: Pause, prosody: Prosody) -> Iterator[Sentence]:
    """Pieces within `limit` symbols, cut after the last clause mark that is not too early, else a word."""
    start = 0
    while start < len(words):
        length, stop, clause = 0, start, None
        while stop < len(words) and (stop == start or length + len(words[stop].symbols) <= limit):
            length += len(words[stop].symbols) + 1
            stop += 1
            if words[stop - 1].after and length > limit / 4:
                clause = stop
        pause: Pause = end if stop == len(words) else "clause" if clause else "word"
        stop = clause if pause == "clause" and clause and stop < len(words) else stop
        yield Sentence(tuple(words[start:stop]), pause, prosody)
        start = stop
