"""Text -> pieces short enough to speak: paragraphs, sentences and, where still too long, clauses and words.

Nothing is ever cut away: the pieces joined by a space are the text again, up to white space.
"""

import re
from collections.abc import Iterator

MAX_CHARACTERS = 400  # a cap before normalising, which keeps its regular expressions quick on any input

_PARAGRAPH = re.compile(r"\s*\n\s*\n\s*|\s*[\u2029\f]\s*")
_END = re.compile(r"(?:(?<![.!?…])[.!?…]+[\"”’')\]*_]*(?=\s)|[。！？])\s*")
_CLAUSE_END = re.compile(r"[,;:—–)](?=\s)|[—–，、；：]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A full stop after these does not end a sentence when the next word could go on with it.
_BEFORE_NAME = _set(
    "mr mrs ms dr prof st mt ft gen gov sen rep capt lt col sgt cmdr rev hon pres supt cpl maj adm fr msgr"
    " messrs mme mlle"
)
_BEFORE_NUMBER = _set(
    "no nos vol ch chap fig figs p pp sec art jan feb mar apr jun jul aug sep sept oct nov dec min max ca c"
)
_INSIDE = _set("e.g i.e vs cf viz approx a.k.a")
# "U.S. Army" goes on, "in the U.S. The army" does not: after initials only these words open a sentence.
_OPENERS = _set(
    "the a an this that these those he she it they we i you his her its their our my in on at after before"
    " when while if but and so then there here what who why how not no yes as for from"
)
_INITIALS = re.compile(r"[A-Za-z](\.[A-Za-z])*")


def paragraphs(text: str) -> list[str]:
    """`text` cut at blank lines; a single line break is white space."""
    return [piece for piece in _PARAGRAPH.split(text.strip()) if piece]


def sentences(paragraph: str) -> list[str]:
    """`paragraph` cut after each end of sentence, with its marks, and at each line separator (U+2028).

    White space runs become one space.
    """
    return [piece for line in paragraph.split("\u2028") for piece in _sentences(" ".join(line.split()))]


def _sentences(line: str) -> list[str]:
    pieces, start = [], 0
    for end in _END.finditer(line):
        before, after = line[start : end.start()], line[end.end() : end.end() + MAX_CHARACTERS]
        if after and _ends_sentence(before, end[0], after):
            pieces.append(line[start : end.end()].strip())
            start = end.end()
    pieces.append(line[start:].strip())
    return [piece for piece in pieces if piece]


def _ends_sentence(before: str, mark: str, after: str) -> bool:
    opening = after.lstrip("\"“‘'([*_")[:1]
    if opening.islower():
        return False
    if mark.strip() != ".":
        return True
    word = before.split()[-1].lstrip("\"“‘'(") if before.strip() else ""
    if word.lower() in _INSIDE | _BEFORE_NAME:
        return False
    if word.lower() in _BEFORE_NUMBER and opening.isdigit():
        return False
    if _INITIALS.fullmatch(word) and word != "I" and opening.isupper():
        return after.lstrip("\"“‘'([*_").split()[0].strip(".,;:!?'\"").lower() in _OPENERS
    return True


def bounded(sentence: str, *, limit: int = MAX_CHARACTERS) -> Iterator[tuple[str, str]]:
    """(piece, the break after it: "clause", "word" or "" for the last) with each piece at most `limit` long.

    It breaks after the last clause mark that fits, else at the last space, else, in a "word" longer than
    `limit`, anywhere.
    """
    rest = sentence
    while len(rest) > limit:
        clause_ends = [mark.end() for mark in _CLAUSE_END.finditer(rest, 0, limit) if mark.end() > limit // 4]
        at = clause_ends[-1] if clause_ends else rest.rfind(" ", 0, limit + 1)
        if at <= 0:
            at = limit
        yield rest[:at].strip(), "clause" if clause_ends else "word"
        rest = rest[at:].strip()
    yield rest, ""
