"""Roman numerals -> numbers: "Part IV" is four, "Henry VIII" the eighth, "Type C" a letter.

A numeral beside a word holds an I, V or X. A lone I may be the speaker ("the part I like"), so what stands
around it decides.
"""

import re
from collections.abc import Callable

from itoaudio.text.numbers import ordinal, year

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
# Every part may be missing: that no letter follows keeps an empty numeral from being found before a word.
_NUMERAL = r"(?=[LC]*[IVX])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)"
_YEAR = r"(?=M[MCDXLVI]{3})M{1,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)"
_PARTS = "chapter|part|act|scene|section"
_NUMBERED = (
    rf"(?i:{_PARTS}|volume|book|phase|article|appendix|figure|table|type|level|stage|class|grade|round|episode"
    "|title|war)|Rocky|Bowl|Apollo|Gemini|Fantasy|Mark"
)
_TITLES = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Sultan"
_NAMES = (
    "Henry|Louis|Edward|George|William|Charles|James|Richard|Elizabeth|Napoleon|Pius|Benedict|Leo|John Paul"
    "|Ramses|Frederick|Philip|Alexander|Nicholas|Peter|Catherine|Ivan|Umberto|Victor Emmanuel|Gustav"
    "|Ferdinand"
)
# What people do and a book, a war or a king of the past does not: "saw" and "was" may follow a numeral.
_DONE_BY_ME = re.compile(
    r"'(?:m|ve|d|ll)\b| (?:am|have|do|don't|can't|won't|like|liked|love|loved|hate|hated|want|wanted|need"
    r"|think|thought|know|knew|see|read|write|wrote|buy|bought|get|got|believe|guess|hope|wish|enjoy|enjoyed"
    r"|remember|suppose|mean|feel|felt)\b"
)
_AFTER_SMALL_NOUN = re.compile(
    r"\W*$|[,;:.)]"
    r"| (?:errors?|diabetes|trials?|stud(?:y|ies)|cancers?|tumou?rs?|disease|clinical|collagen"
    r"|(?:and|or|to) [IVX])\b"
)


def roman(numeral: str) -> int:
    """The value of a Roman numeral in letters of either case."""
    values = [_VALUES[letter] for letter in numeral.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0]))


def _numbered(match: re.Match[str]) -> str:
    noun, numeral = match.groups()
    after = match.string[match.end() :]
    if numeral == "I" and noun[0].isupper():
        is_me = bool(_DONE_BY_ME.match(after))
    else:
        is_me = numeral in ("I", "i") and not _AFTER_SMALL_NOUN.match(after)
    return match[0] if is_me else f"{noun} {roman(numeral)}"


def _reigning(match: re.Match[str]) -> str:
    name, numeral = match.groups()
    after = match.string[match.end() :]
    if numeral == "I" and _DONE_BY_ME.match(after):
        return match[0]
    # A sentence that goes on after the stop has an initial there: "George V. Higgins".
    if len(numeral) == 1 and name in _NAMES.split("|") and re.match(r"\. ?[A-Z]", after):
        return match[0]
    return f"{name} the {_nth(numeral)}"


def _nth(numeral: str) -> str:
    return ordinal(str(roman(numeral)))


ROMAN_RULES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"\b({_NUMBERED}) ({_NUMERAL})", _numbered),
    (rf"\b((?i:{_PARTS})) ([ivx]{{1,5}})\b", _numbered),
    (r"\b([XVI]{2,})(?= (?:century|dynasty|Olympi))", lambda match: _nth(match[1])),
    (rf"\b{_YEAR}", lambda match: year(str(roman(match[0])))),
    (rf"\b((?:{_TITLES}) [A-Z]\w+(?: [A-Z]\w+)?|{_NAMES}) ({_NUMERAL})", _reigning),
    (rf"\b((?!I\b)[A-Z][a-z]+) ((?=[IVX]{{2}}){_NUMERAL})", _reigning),
)
