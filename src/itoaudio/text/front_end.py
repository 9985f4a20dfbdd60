"""Written English -> sentences of words with phonemes: the one way from text to the acoustic model's symbols.

text -> marks -> runs -> paragraphs -> sentences -> plain characters -> spoken words -> phonemes -> pieces
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from itoaudio.text import sentences as split
from itoaudio.text.clean import clean
from itoaudio.text.errors import NothingToSay
from itoaudio.text.markup import parse
from itoaudio.text.normalise import normalise
from itoaudio.text.phonemes import pronounce
from itoaudio.text.runs import Run, runs
from itoaudio.text.spans import Text
from itoaudio.text.words import Pause, Sentence, Word, closed, cut, ends_with_stop, marks, word

MAX_PHONEMES = 120
"""Symbols of one piece, about 7 s: corpora hold few longer sentences, and the first sound waits for one."""


@dataclass(frozen=True)
class English:
    """US English. Data loads at the first use, about 0.4 s.

    `lexicon` gives the sound of words in symbols of the symbol table, as `load_lexicon` reads it from a file.
    """

    lexicon: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str, *, max_phonemes: int = MAX_PHONEMES, markup: str = "auto") -> list[Sentence]:
        """Sentences of `text`, each within `max_phonemes` symbols unless one spoken word alone has more.

        Reads the marks that `markup` names, one of `markup.KINDS`. A sentence that ends without a mark gets a
        full stop. Errors, all of them `TextError`: `NothingToSay`, `UnreadableWord` for a word in another
        script, `MarkupError`.
        """
        return list(self.sentences(text, max_phonemes=max_phonemes, markup=markup))

    def sentences(
        self, text: str, *, max_phonemes: int = MAX_PHONEMES, markup: str = "auto"
    ) -> Iterator[Sentence]:
        """As `read`, but each sentence when it is asked for, so that a book is never held as words.

        Marks and foreign scripts anywhere in the text are refused before the first sentence.
        """
        found = runs(parse(text, markup), self.lexicon)
        for run in found:
            if not run.text.isascii():
                clean(run.text)
        held: _Held | None = None
        before = 0.0
        for run in found:
            for words, end in _sentences(run):
                if held:
                    yield from held.pieces(max_phonemes, goes_on=held.run is not run)
                    before = 0.0
                held = _Held(run, words, end, before)
            if run.silence is not None and held:
                held.after = (held.after or 0.0) + run.silence
            elif run.silence is not None:
                before += run.silence
        if held is None:
            raise NothingToSay(_nothing(text))
        yield from held.pieces(max_phonemes)

    def phonemes(self, text: str) -> str:
        """The symbols of `text` as one string: how training reads a clip.

        No marks are read, nothing is cut and no full stop is added.
        """
        found = [words for run in runs([Text(text)], self.lexicon) for words, _ in _sentences(run)]
        if not found:
            raise NothingToSay(_nothing(text))
        return " ".join(word.symbols for words in found for word in words)


def _nothing(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return f"nothing to say in {shown!r}: give at least one letter or digit"


@dataclass(slots=True)
class _Held:
    """A sentence that waits for what comes after it: silence, another run or the end of the text."""

    run: Run
    words: list[Word]
    end: Pause
    before: float
    after: float | None = None

    def pieces(self, limit: int, *, goes_on: bool = False) -> list[Sentence]:
        """It in pieces within `limit` symbols. goes_on: another run follows, perhaps in mid-sentence."""
        words, end = _joined(self.words, self.run) if goes_on else (_stopped(self.words), self.end)
        found = list(cut(words, limit, end, self.run.prosody))
        found[-1] = replace(found[-1], silence_after=self.after)
        return [replace(found[0], silence_before=self.before), *found[1:]]


def _sentences(run: Run) -> Iterator[tuple[list[Word], Pause]]:
    for paragraph in split.paragraphs(run.text):
        held: list[Word] = []
        for sentence in split.sentences(paragraph):
            if words := _words(sentence, run):
                if held:
                    yield held, "sentence"
                held = words
        if held:
            yield held, "paragraph"


def _joined(words: list[Word], run: Run) -> tuple[list[Word], Pause]:
    """The end of a run that another follows, perhaps in mid-sentence."""
    if ends_with_stop(words):
        return words, "sentence"
    if run.silence is None:
        return words, "word"
    return (words if words[-1].after else closed(words, ",")), "clause"


def _stopped(words: list[Word]) -> list[Word]:
    return words if ends_with_stop(words) else closed(words, ".")


def _words(sentence: str, run: Run) -> list[Word]:
    words: list[Word] = []
    for piece, _ in split.bounded(clean(sentence)):
        pairs = normalise(piece)
        sounds = iter(pronounce([part for _, spoken in pairs for part in spoken.split()], run.sounds))
        leading = ""
        for written, spoken in pairs:
            sound = " ".join(next(sounds) for _ in spoken.split())
            found = word(run.restore(written), run.restore(spoken), sound)
            if found.phonemes:
                words.append(replace(found, before=marks(leading + found.before)))
                leading = ""
            elif words:
                words[-1] = replace(words[-1], after=marks(words[-1].after + found.before))
            else:
                leading += found.before
    return words
