"""The alphabet between text and acoustic model: an ordered tuple of single characters, index = id.

A voice keeps its own table in voice.json, so that ids stay valid when this default grows.
Phonemes are International Phonetic Alphabet characters. A diphthong is two characters, because the model
can then share vowel qualities and learn a duration for each half. An affricate is ONE ligature (ʧ, ʤ): it is
one gesture of one phone's length, and "nutshell" (t + ʃ) stays apart from "natural" (ʧ).
"""

import re
from dataclasses import dataclass

PAD = "_"
WORD_BOUNDARY = " "
PUNCTUATION = '.,!?;:—…"()'
STRESS = "ˈˌ"
VOWELS = "iɪeɛæaɑɔoʊuʌəɜɐᵊᵻɒ"
CONSONANTS = "pbtdkɡʧʤfvθðszʃʒhmnŋlɹjwɾʔx"
LENGTH = "ː"


@dataclass(frozen=True, slots=True)
class SymbolTable:
    """Maps phoneme text to ids and back; `symbols[i]` has id i.

    Symbols must be single and distinct characters, else `ValueError`.
    """

    symbols: tuple[str, ...]

    def __post_init__(self) -> None:
        for position, symbol in enumerate(self.symbols):
            if len(symbol) != 1:
                raise ValueError(f"symbol {position} is {symbol!r}: it must be one character")
            if symbol in self.symbols[:position]:
                raise ValueError(f"symbol {symbol!r} stands twice in the table, again at {position}")

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, phonemes: str) -> list[int]:
        """Ids of `phonemes`, one for each character; a `ValueError` names an unknown one and its position."""
        ids = {symbol: index for index, symbol in enumerate(self.symbols)}
        try:
            return [ids[symbol] for symbol in phonemes]
        except KeyError as error:
            unknown = error.args[0]
            raise ValueError(
                f"unknown symbol {unknown!r} (U+{ord(unknown):04X}) at position {phonemes.index(unknown)}"
                f" of {phonemes!r}"
            ) from None

    def decode(self, ids: list[int]) -> str:
        """The phoneme text of `ids`; a `ValueError` names an id outside the table."""
        for position, index in enumerate(ids):
            if not 0 <= index < len(self.symbols):
                raise ValueError(
                    f"id {index} at position {position} is not one of {len(self.symbols)} symbols"
                )
        return "".join(self.symbols[index] for index in ids)


# ɒ, ː and əʊ's parts leave room for British English; ʔ and x for "uh-oh" and "loch".
ENGLISH_SYMBOLS = SymbolTable(
    tuple(PAD + WORD_BOUNDARY + PUNCTUATION + STRESS + VOWELS + CONSONANTS + LENGTH)
)

# Spellings of the same sound that people and dictionaries write; longer ones first.
_SPELLINGS = {
    **{"t͡ʃ": "ʧ", "d͡ʒ": "ʤ", "tʃ": "ʧ", "dʒ": "ʤ", "l̩": "ᵊl", "n̩": "ᵊn", "m̩": "ᵊm"},
    **{"ɝː": "ɜɹ", "ɝ": "ɜɹ", "ɚ": "əɹ", "ɨ": "ᵻ", "'": "ˈ", "ˑ": "ː"},
    **{"g": "ɡ", "r": "ɹ", "ɻ": "ɹ", "ɫ": "l", "ɬ": "l", "ʍ": "w"},
}
_SPELLING = re.compile("|".join(map(re.escape, _SPELLINGS)))
_STRESS_BEFORE_ONSET = re.compile(f"([{STRESS}])([{CONSONANTS}]+)(?=[{VOWELS}])")


def fold_ipa(ipa: str) -> str:
    """`ipa` as a person writes it, in the table's spelling: one character a phone, stress before the vowel.

    "/ˈtʃɝtʃ.mən/" becomes "ʧˈɜɹʧmən". Slashes, brackets, syllable dots and ties go; unknown characters stay,
    for `SymbolTable.encode` to name.
    """
    phones = _SPELLING.sub(lambda match: _SPELLINGS[match[0]], ipa.strip().strip("/[]"))
    phones = re.sub("[.͡‿]", "", phones)
    return _STRESS_BEFORE_ONSET.sub(r"\2\1", phones)
