"""The front end's answer: words with their sounds and marks, in sentences of bearable length."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
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
    words = [part for whole in words for part in _parts(whole, limit)]
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


def _parts(whole: Word, limit: int) -> list[Word]:
    """A word of more than `limit` symbols, such as a number of 400 digits, in parts of some spoken words."""
    if len(whole.symbols) <= limit:
        return [whole]
    groups: list[list[str]] = [[]]
    room = limit - len(whole.before) - len(whole.after)
    for sound in whole.phonemes.split():
        if groups[-1] and len(" ".join([*groups[-1], sound])) > room and sound.strip(PUNCTUATION):
            groups.append([])
        groups[-1].append(sound)
    stops = list(accumulate(map(len, groups)))
    spoken = whole.spoken.split()
    found = []
    for group, start, stop in zip(groups, [0, *stops], stops):
        before, phonemes, after = _edges(" ".join(group))
        said = " ".join(spoken[_share(len(spoken), start, stop, stops[-1])])
        written = whole.written[_share(len(whole.written), start, stop, stops[-1])].strip() or said
        found.append(Word(written, said, phonemes, marks(before), marks(after)))
    found[0] = replace(found[0], before=whole.before)
    found[-1] = replace(found[-1], after=whole.after)
    return found


def _share(count: int, start: int, stop: int, total: int) -> slice:
    """The part of `count` things that `start` to `stop` are of `total`."""
    return slice(count * start // total, count * stop // total)
