"""One written sentence -> words as they are spoken, each tied to what was written.

The rules are those of hibari (Apache-2.0); the pairing is a diff between the written and the spoken words, so
it holds for any normaliser.
"""

import re
from difflib import SequenceMatcher

from itoaudio.text.addresses import read_addresses
from itoaudio.text.hibari_parts import front_end
from itoaudio.text.numbers import read_numbers
from itoaudio.text.rules import apply_rules

# hibari takes every "no." and "Sun." for an abbreviation; a word joiner before the stop keeps it from that.
_PLAIN_WORD_AT_STOP = re.compile(r"\b(no|nos|ch|ed|est|fig|vol|Sun|Sat|Mon|Wed|Mar)\.(?!\s?\d|,)")
_JOINER = "\u2060"
_LONGEST_WORD = 48
_LONG = re.compile(rf"\S{{{_LONGEST_WORD},}}")
_SYMBOLS = re.compile(r"[^\w\s]{8}(?=[^\w\s])")
_DIACRITIC_FREE = re.compile(r"[^a-z0-9]+")


def normalise(sentence: str) -> list[tuple[str, str]]:
    """(written, spoken) pairs in order, of one or more words; the spoken sides joined are the spoken text."""
    return pair(sentence.split(), spoken(sentence).split())


def spoken(sentence: str) -> str:
    """`sentence` with everything that is not a word written as the words one says for it."""
    prepared = apply_rules(read_addresses(sentence))
    prepared = _PLAIN_WORD_AT_STOP.sub(rf"\1{_JOINER}.", prepared)
    words = read_numbers(front_end("normalize").normalize(prepared).replace(_JOINER, ""))
    # The pronouncer's time grows with the cube of the parts of a word.
    return _LONG.sub(_loosened, _SYMBOLS.sub(r"\g<0> ", words))


def _loosened(chunk: re.Match[str]) -> str:
    """A chunk longer than any word, with spaces."""
    parts = re.sub(r"(?<=\w)([^\w\s']+)(?=\w)|(?<=[a-z])(?=[A-Z])", r"\1 ", chunk[0]).split()
    pieces = [part[at : at + _LONGEST_WORD] for part in parts for at in range(0, len(part), _LONGEST_WORD)]
    return " ".join(pieces)


def pair(written: list[str], spoken: list[str]) -> list[tuple[str, str]]:
    """Align two versions of a sentence: equal words one to one, a changed stretch as a whole.

    >>> pair(["at", "20", "°C,", "he"], ["at", "twenty", "degrees", "Celsius,", "he"])
    [('at', 'at'), ('20 °C,', 'twenty degrees Celsius,'), ('he', 'he')]
    """
    keys = [[_DIACRITIC_FREE.sub("", word.lower()) or word for word in words] for words in (written, spoken)]
    pairs: list[tuple[str, str]] = []
    for _, w0, w1, s0, s1 in SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes():
        if w1 - w0 == s1 - s0:
            pairs += zip(written[w0:w1], spoken[s0:s1])
        elif w0 == w1 or s0 == s1:
            _attach(pairs, " ".join(written[w0:w1]), " ".join(spoken[s0:s1]))
        else:
            pairs.append((" ".join(written[w0:w1]), " ".join(spoken[s0:s1])))
    return pairs


def _attach(pairs: list[tuple[str, str]], written: str, spoken: str) -> None:
    """Give words that only one side has to the pair before them."""
    if not pairs:
        pairs.append((written, spoken))
        return
    last_written, last_spoken = pairs[-1]
    pairs[-1] = (f"{last_written} {written}".strip(), f"{last_spoken} {spoken}".strip())
