"""A user's own pronunciations: a text file of word, tab, IPA. Lines that open with # are notes.

Nguyen	wˈɪn
SQL	sˈikwəl
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from itoaudio.rows import split_rows
from itoaudio.text.errors import LexiconError, MarkupError
from itoaudio.text.spans import checked_ipa

_PUNCTUATION = '.,;:!?…)"'  # all that parts a word such as C++ from what follows
_EDGES = re.compile(r"(\W*)(.*?)((?:['’]s)?\W*)", re.DOTALL)


def load_lexicon(path: str | Path) -> dict[str, str]:
    """Word -> phonemes in symbols of the symbol table; `LexiconError` names the line that is wrong."""
    try:
        lines = split_rows(Path(path).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        at = error.object.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path}, line {at}: the file is not in UTF-8; save it as UTF-8") from None
    words: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, ipa = line.partition("\t")
        word = unicodedata.normalize("NFC", word.strip())
        if not tab:
            raise LexiconError(f"{path}, line {number}: {line!r} has no tab between word and IPA")
        if not word or len(word.split()) > 1:
            raise LexiconError(f"{path}, line {number}: {word!r} is not one word")
        try:
            words[word] = checked_ipa(ipa, f"{path}, line {number}")
        except MarkupError as error:
            raise LexiconError(str(error)) from None
    return words


def find(lexicon: Mapping[str, str], chunk: str) -> tuple[str, str, str, str] | None:
    """(before, word, phonemes, after) of a stretch without spaces, if the lexicon has its word.

    An entry in small letters answers for every case of the word, any other for itself alone.
    """
    chunk = unicodedata.normalize("NFC", chunk)
    match = _EDGES.fullmatch(chunk)
    assert match is not None  # each part may be empty
    stripped = chunk.rstrip(_PUNCTUATION)
    for before, word, after in (match.groups(), ("", stripped, chunk[len(stripped) :])):
        phonemes = lexicon.get(word) or lexicon.get(word.lower())
        if phonemes:
            return before, word, phonemes, after
    return None
