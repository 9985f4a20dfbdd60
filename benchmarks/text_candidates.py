"""The front ends that `text_front_end.py` compares, each behind the same three questions.

Imports stand inside the functions: a candidate that is not installed must not keep the others away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

SAMPLE = 1500
# The words behind the sounds that hibari has for symbols left over
_HIBARI_SYMBOLS = {
    "/": "slash",
    "=": "equals",
    "+": "plus",
    "&": "and",
    "@": "at",
    "%": "percent",
    "#": "hash",
}


@dataclass(frozen=True)
class Candidate:
    """`speak` normalises, `pronounce` gives the IPA of a sentence's word, `guess` reads an unknown word."""

    name: str
    package: str
    speak: Callable[[str], str] | None = None
    pronounce: Callable[[str, str], str] | None = None
    guess: Callable[[str], str] | None = None


def candidates() -> list[Candidate]:
    return [
        Candidate("hibari", "hibari", _hibari_speak, _hibari_pronounce, _hibari_guess),
        Candidate("kitten", "kitten_text_processing", _kitten_speak),
        Candidate("gruut", "gruut", _gruut_speak, _gruut_pronounce, _gruut_guess),
        Candidate("itoaudio", "itoaudio", _ito_speak, _ito_pronounce, _ito_guess),
    ]


def lexicon_sample() -> dict[str, list[tuple[str, str]]]:
    """Words with a reference: from misaki's lexicon, and from gruut's where misaki lacks the word."""
    lexicon = _hibari().lexicon
    gold = sorted(word for word, ipa in lexicon.golds.d.items() if _is_plain(word) and isinstance(ipa, str))
    sample = {"misaki lexicon": [(word, _ipa(lexicon.golds.d[word])) for word in _spread(gold)]}
    try:
        import sqlite3
        from importlib.resources import files

        database = sqlite3.connect(str(files("gruut_lang_en") / "lexicon.db"))
    except ModuleNotFoundError:
        return sample
    rows = database.execute(
        "select word, phonemes from word_phonemes where pron_order = 0 order by word"
    ).fetchall()
    database.close()
    lacking = [
        (word, ipa.replace(" ", ""))
        for word, ipa in rows
        if _is_plain(word) and not lexicon.is_known(word, "")
    ]
    return sample | {"gruut lexicon, not in misaki": _spread(lacking)}


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.islower() and len(word) > 2


def _spread(items: list[Any]) -> list[Any]:
    return items[:: max(1, len(items) // SAMPLE)][:SAMPLE]


@cache
def _hibari() -> Any:
    from hibari.g2p import G2P

    return G2P()


def _ipa(misaki: str) -> str:
    capitals = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "T": "ɾ", "ɐ": "ə", "ʔ": "t"}
    return misaki.translate(str.maketrans(capitals))


def _hibari_speak(text: str) -> str:
    """hibari turns numbers straight into phonemes; here its own lexicon rules are asked for words."""
    from hibari.g2p.lexicon import SYMBOLS, Lexicon
    from hibari.g2p.normalize import normalize

    class Words(Lexicon):
        def lookup(self, word: str, tag: Any, stress: Any, ctx: Any) -> tuple[str, int]:
            return word, 4

        def stem_s(self, word: str, tag: Any, stress: Any, ctx: Any) -> tuple[str, int]:
            return word, 4

        def _s(self, stem: str) -> str:
            return stem[:-1] + "ies" if stem.endswith("y") else stem + "s"

        def __call__(self, token: Any, ctx: Any) -> tuple[str, int]:
            if self.is_number(token.text, token.is_head):
                return self.get_number(token.text, token.currency, token.is_head)
            is_word = re.fullmatch(r"[^\W\d_]+(?:['.-][^\W\d_]+)*['.]?", token.text)
            return (token.text, 4) if is_word else (SYMBOLS.get(token.text), None)

    def say_symbols(token: Any) -> tuple[str, int]:
        pieces = re.findall(r"[^\W\d_]+|\d+(?:[,.]\d+)*|[^\w\s]", token.text)
        said = (
            g2p.lexicon.get_number(piece, None, False)[0] if piece[0].isdigit() else piece for piece in pieces
        )
        return " ".join(_HIBARI_SYMBOLS.get(piece, piece) for piece in said), 2

    g2p = _hibari()
    real, g2p.lexicon = g2p.lexicon, Words({}, {})
    g2p.fallback = say_symbols
    try:
        tokens = g2p.phonemize_tokens(g2p.tokenize(normalize(text)))
    finally:
        g2p.lexicon = real
        del g2p.fallback
    return "".join((token.phonemes or "") + token.whitespace for token in tokens)


def _hibari_pronounce(sentence: str, word: str) -> str:
    from hibari.g2p.normalize import normalize

    g2p = _hibari()
    tokens = g2p.phonemize_tokens(g2p.tokenize(normalize(sentence)))
    return next(_ipa(token.phonemes) for token in tokens if token.text.lower() == word.lower())


def _hibari_guess(word: str) -> str:
    return _ipa(_hibari().oov(word) or "")


def _kitten_speak(text: str) -> str:
    from kitten_text_processing import normalize_text

    return normalize_text(text)


def _gruut(text: str) -> list[Any]:
    import gruut

    return [word for sentence in gruut.sentences(text, lang="en-us") for word in sentence]


def _gruut_speak(text: str) -> str:
    return " ".join(word.text for word in _gruut(text))


def _gruut_pronounce(sentence: str, word: str) -> str:
    return next("".join(found.phonemes) for found in _gruut(sentence) if found.text.lower() == word.lower())


@cache
def _gruut_net() -> Any:
    from importlib.resources import files

    from gruut.g2p import GraphemesToPhonemes

    return GraphemesToPhonemes(str(files("gruut_lang_en") / "g2p" / "model.crf"))


def _gruut_guess(word: str) -> str:
    return "".join(_gruut_net()(word)).replace("ˈ", "").replace("d͡ʒ", "ʤ").replace("t͡ʃ", "ʧ")


def _ito_speak(text: str) -> str:
    from itoaudio.text import English

    return " ".join(word.spoken for sentence in English().read(text) for word in sentence.words)


def _ito_pronounce(sentence: str, word: str) -> str:
    from itoaudio.text import English

    words = [found for read in English().read(sentence) for found in read.words]
    return next(found.phonemes for found in words if re.sub(r"\W", "", found.spoken.lower()) == word.lower())


def _ito_guess(word: str) -> str:
    from itoaudio.text.phonemes import unknown_word

    return _ipa(unknown_word(word))
