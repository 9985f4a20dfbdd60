"""Written English -> sentences of words with phonemes: the one way from text to the acoustic model's symbols.

text -> marks -> runs -> paragraphs -> sentences -> plain characters -> spoken words -> phonemes -> pieces
"""

from collections.abc import Mapping
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

MAX_PHONEMES = 200  # symbols; longer sentences are rare in the corpora that acoustic models learn from


@dataclass(frozen=True)
class English:
    """US English. Data loads at the first use, about 0.4 s.

    `lexicon` gives the sound of words in symbols of the symbol table, as `load_lexicon` reads it from a file.
    """

    lexicon: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str, *, max_phonemes: int = MAX_PHONEMES) -> list[Sentence]:
        """Sentences of `text`, each with at most `max_phonemes` symbols unless one word alone has more.

        Reads the marks of `markup`. A sentence that ends without a mark gets a full stop. Errors, all of them
        `TextError`: `NothingToSay`, `UnreadableWord` for a word in another script, `MarkupError`.
        """
        spoken = [(run, _sentences(run)) for run in runs(parse(text), self.lexicon)]
        last = max((index for index, (_, found) in enumerate(spoken) if found), default=None)
        if last is None:
            raise NothingToSay(_nothing(text))
        read: list[Sentence] = []
        waiting = 0.0
        for index, (run, found) in enumerate(spoken):
            for number, (words, end) in enumerate(found):
                goes_on = index < last and number == len(found) - 1
                words, end = _joined(words, run) if goes_on else (_stopped(words), end)
                read += cut(words, max_phonemes, end, run.prosody)
            if run.silence is None:
                continue
            if read:
                read[-1] = replace(read[-1], silence_after=(read[-1].silence_after or 0.0) + run.silence)
            else:
                waiting += run.silence
        return [replace(read[0], silence_before=waiting), *read[1:]]

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


def _sentences(run: Run) -> list[tuple[list[Word], Pause]]:
    found: list[tuple[list[Word], Pause]] = []
    for paragraph in split.paragraphs(run.text):
        spoken = [words for sentence in split.sentences(paragraph) if (words := _words(sentence, run))]
        found += [(words, "sentence") for words in spoken[:-1]]
        found += [(words, "paragraph") for words in spoken[-1:]]
    return found


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
