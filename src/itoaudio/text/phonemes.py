"""Spoken English words -> phonemes of `symbols.ENGLISH_SYMBOLS`, by hibari's port of misaki (Apache-2.0).

A lexicon of 180 000 words, a part-of-speech tagger for homographs ("I read it" and "to read it"), rules for
weak forms, and a small ONNX net for unknown words. Data and net ship in hibari's wheel; nothing is fetched.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Any

from itoaudio.text.errors import UnreadableWord
from itoaudio.text.hibari_parts import assets, front_end
from itoaudio.text.homographs import SENSED, is_verb, sense

# misaki writes a diphthong as one capital and the flap as T.
_MISAKI = str.maketrans(
    {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "T": "ɾ", "ɐ": "ə", "“": '"', "”": '"'}
)
# The net learned from a tool that marks a change of language in brackets and has a few sounds English lacks.
_NET_MARKS = re.compile(r"\([^)]*\)|[-1_]")
_NET_SOUNDS = str.maketrans({"ʀ": "ɹ", "y": "j"})
_NET_LONGEST = 24
_NONE: Mapping[str, str] = MappingProxyType({})
_LETTERS = re.compile(r"[^\W\d_]")
_BUILDING = Lock()


def pronounce(words: list[str], given: Mapping[str, str] = _NONE) -> list[str]:
    """IPA of each word of one sentence, punctuation included. Sound depends on context: pass it whole.

    A word is what stands between spaces; `given` holds the IPA of words that are not to be looked up. Only a
    word without letters and digits may come out empty; `UnreadableWord` names any other.
    """
    if not words:
        return []
    g2p = _g2p()
    tokens = g2p.tokenize(" ".join(map(_spelling, words)))
    _decide(tokens, given)
    found, sound = [], ""
    for token in g2p.phonemize_tokens(tokens):
        sound += token.phonemes or ""
        if token.whitespace:
            found.append(sound)
            sound = ""
    found.append(sound)
    assert len(found) == len(words), (words, found)
    return [_checked(word, sound) for word, sound in zip(words, found)]


def _decide(tokens: list[Any], given: Mapping[str, str]) -> None:
    """Fix in place the sounds and parts of speech that context or the user decides."""
    lexicon = _g2p().lexicon
    texts = [token.text + token.whitespace for token in tokens]
    for index, token in enumerate(tokens):
        token.phonemes = given.get(token.text)
        if token.phonemes is None and token.text.lower() in SENSED:
            near = slice(max(0, index - 4), index), slice(index + 1, index + 5)
            after = token.whitespace + "".join(texts[near[1]])
            token.phonemes = sense(token.text, "".join(texts[near[0]]), after)
        sounds = lexicon.golds.get(token.text.lower())
        if (
            index
            and token.tag.startswith("NN")
            and isinstance(sounds, dict)
            and sounds.keys() & {"VERB", "NOUN"}
        ):
            token.tag = "VB" if is_verb(token.text, tokens[index - 1].text) else token.tag


def _checked(word: str, misaki: str) -> str:
    ipa = " ".join(misaki.translate(_MISAKI).replace("ɹɹ", "ɹ").split())  # the lexicon's "Cameron" has two
    if not _LETTERS.search(ipa) and any(char.isalnum() for char in word):
        raise UnreadableWord(f"no pronunciation for {word!r}; give its sound: [{word}](/.../)")
    return ipa


def _spelling(word: str) -> str:
    """`word`, without accents if the lexicon knows it so (cafe); the net for unknown words reads accents."""
    if word.isascii():
        return word
    plain, lexicon = _accentless(word), _g2p().lexicon
    bare = plain.strip("\"'().,;:!?…—")
    return plain if lexicon.is_known(bare.lower(), None) else word


def _accentless(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


@lru_cache(maxsize=4096)  # a book says its names often, and one run of the net takes 0.2 ms
def unknown_word(word: str) -> str:
    """Misaki phonemes of a word outside the lexicon, from the net, whatever the word's length."""
    known = _net().cin
    letters = "".join(char if char in known else _accentless(char) for char in word)
    letters = "".join(char for char in letters if char.isalpha() or char == "'")
    pieces = [letters[start : start + _NET_LONGEST] for start in range(0, len(letters), _NET_LONGEST)]
    sounds = (_net()(piece) or "" for piece in pieces)
    return "".join(_NET_MARKS.sub("", sound).translate(_NET_SOUNDS) for sound in sounds)


def _g2p() -> Any:
    """hibari's G2P, one for all threads: a second of those that come at once would take 20 MB for nothing."""
    with _BUILDING:
        return _built()


@cache
def _built() -> Any:
    return front_end().G2P(oov=unknown_word)


@cache
def _net() -> Any:
    return front_end("oov").OOV(str(assets() / "oov.onnx"))


def in_lexicon(word: str) -> bool:
    """Whether the lexicon has `word`, or a stem of it with -s, -ed, -ing or 's: no net guesses its sound."""
    bare = word.strip("\"'().,;:!?…—-").replace("’", "'")
    bare = bare.removesuffix("'s").removesuffix("'")
    small, known = bare.lower(), _g2p().lexicon.is_known
    stems = [small, *(small.removesuffix(end) for end in ("s", "es", "ed", "d", "ing"))]
    if small.endswith(("ing", "ies", "ied")):
        stems.append(small[:-3] + ("e" if small.endswith("ing") else "y"))
    if len(small) > 5 and small.endswith(("ing", "ed")):
        stem = small.removesuffix("ing").removesuffix("ed")
        stems.append(stem[:-1] if stem[-1] == stem[-2] else stem)
    return not any(map(str.isalpha, bare)) or known(bare, None) or any(known(stem, None) for stem in stems)
