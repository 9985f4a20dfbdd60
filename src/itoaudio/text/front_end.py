"""Written English -> sentences of words with phonemes: the one way from text to the acoustic model's symbols.

text -> paragraphs -> sentences -> plain characters -> spoken words -> phonemes -> pieces short enough
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from itoaudio.text import sentences as split
from itoaudio.text.clean import clean
from itoaudio.text.errors import NothingToSay
from itoaudio.text.normalise import normalise
from itoaudio.text.phonemes import pronounce
from itoaudio.text.symbols import PUNCTUATION

MAX_PHONEMES = 200  # symbols; longer sentences are rare in the corpora that acoustic models learn from

Pause = Literal["word", "clause", "sentence", "paragraph"]

_EDGES = re.compile(rf"([{re.escape(PUNCTUATION)}\s]*)(.*?)([{re.escape(PUNCTUATION)}\s]*)", re.DOTALL)
_BY_WEIGHT = "?!…—.;:,"  # of several marks at one place the first of these is heard
_QUOTES = '"()'
_FINAL = ".!?…"


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
    """A piece of text to synthesise at once, and the kind of pause that follows it."""

    words: tuple[Word, ...]
    pause: Pause

    @property
    def phonemes(self) -> str:
        """The acoustic model's input, over the symbol table: 'həlˈoʊ, wˈɜɹld.'"""
        return " ".join(word.symbols for word in self.words)


class English:
    """US English. Data loads at the first use, about 0.4 s."""

    def read(self, text: str, *, max_phonemes: int = MAX_PHONEMES) -> list[Sentence]:
        """Sentences of `text`, each with at most `max_phonemes` symbols unless one word alone has more.

        A sentence that ends without a mark gets a full stop. `NothingToSay` when there is nothing speakable,
        `UnreadableWord` for a word in another script.
        """
        read: list[Sentence] = []
        for paragraph in split.paragraphs(text):
            spoken = [words for sentence in split.sentences(paragraph) if (words := _words(sentence))]
            for index, words in enumerate(spoken):
                end: Pause = "paragraph" if index == len(spoken) - 1 else "sentence"
                read += _cut(_closed(words), max_phonemes, end)
        if not read:
            raise NothingToSay(_nothing(text))
        return read

    def phonemes(self, text: str) -> str:
        """The symbols of `text` as one string, uncut and with no stop added: how training reads a clip."""
        pieces = [sentence for part in split.paragraphs(text) for sentence in split.sentences(part)]
        words = [word for piece in pieces for word in _words(piece)]
        if not words:
            raise NothingToSay(_nothing(text))
        return " ".join(word.symbols for word in words)


def _nothing(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return f"nothing to say in {shown!r}: give at least one letter or digit"


def _words(sentence: str) -> list[Word]:
    words: list[Word] = []
    for piece, _ in split.bounded(clean(sentence)):
        pairs = normalise(piece)
        sounds = iter(pronounce([part for _, spoken in pairs for part in spoken.split()]) if piece else [])
        leading = ""
        for written, spoken in pairs:
            word = _word(written, spoken, " ".join(next(sounds) for _ in spoken.split()))
            if word.phonemes:
                words.append(replace(word, before=_marks(leading + word.before)))
                leading = ""
            elif words:
                words[-1] = replace(words[-1], after=_marks(words[-1].after + word.before))
            else:
                leading += word.before
    return words


def _word(written: str, spoken: str, sound: str) -> Word:
    """Pause marks are the pronouncer's, which knows that the stop in "U.S." ends nothing."""
    before, phonemes, after = _edges(sound)
    text_before, _, text_after = _edges(spoken)
    if not phonemes:
        return Word(written, spoken, "", _marks(before or text_before))
    quoted_before = "".join(mark for mark in text_before if mark in before or mark in _QUOTES)
    quoted_after = "".join(mark for mark in text_after if mark in after or mark in _QUOTES)
    return Word(written, spoken, phonemes, _marks(quoted_before), _marks(quoted_after))


def _edges(text: str) -> tuple[str, str, str]:
    match = _EDGES.fullmatch(text)
    assert match is not None  # each part may be empty
    return match[1], match[2], match[3]


def _marks(marks: str) -> str:
    """At most one pause mark, the weightiest, and each quote or bracket once, in their order."""
    marks = marks.replace(" ", "")
    heard = next((mark for mark in _BY_WEIGHT if mark in marks), "")
    kept = dict.fromkeys(mark for mark in marks if mark == heard or mark in _QUOTES)
    return "".join(kept)


def _closed(words: list[Word]) -> list[Word]:
    if any(mark in words[-1].after for mark in _FINAL):
        return words
    bare = words[-1].after.translate(str.maketrans("", "", _BY_WEIGHT))
    return [*words[:-1], replace(words[-1], after="." + bare)]


def _cut(words: list[Word], limit: int, end: Pause) -> Iterator[Sentence]:
    """Pieces within `limit` symbols, cut after the last clause mark that is not too early, else a word."""
    start = 0
    while start < len(words):
        length, stop, clause = 0, start, None
        while stop < len(words) and (stop == start or length + len(words[stop].symbols) <= limit):
            length += len(words[stop].symbols) + 1
            stop += 1
            if words[stop - 1].after and length > limit / 4:
                clause = stop
        if stop == len(words):
            yield Sentence(tuple(words[start:]), end)
        elif clause is not None:
            stop = clause
            yield Sentence(tuple(words[start:stop]), "clause")
        else:
            yield Sentence(tuple(words[start:stop]), "word")
        start = stop
