"""What changes between two texts: a word diff, carried over to the symbols of the acoustic model."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from itoaudio.text import PAD, WORD_BOUNDARY, Prosody, Sentence


@dataclass(frozen=True)
class Change:
    """Symbols [old_start, old_stop) give way to [new_start, new_stop) of a new text; either may be empty."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def tokens(sentences: Sequence[Sentence]) -> list[str]:
    """Words and the marks between them, in symbols; joined they are what `say` encodes.

    ValueError for marks of silence or prosody, which the sound of other words cannot obey.
    """
    found: list[str] = []
    for sentence in sentences:
        if sentence.silence_before or sentence.silence_after is not None or sentence.prosody != Prosody():
            raise ValueError("a text to edit holds a mark of silence or prosody: give plain words")
        found.append(PAD)
        between = ""
        for word in sentence.words:
            between += word.before
            for phonemes in word.phonemes.split(WORD_BOUNDARY):
                found += [between, phonemes]
                between = WORD_BOUNDARY
            between = word.after + WORD_BOUNDARY
        found += [between.removesuffix(WORD_BOUNDARY), PAD]
    return [token for token in found if token]


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """What to replace in `old` to get `new`, in their order; what lies between is equal."""
    at_old, at_new = ([0, *accumulate(map(len, part))] for part in (old, new))
    return [
        Change(at_old[i], at_old[j], at_new[k], at_new[m])
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
