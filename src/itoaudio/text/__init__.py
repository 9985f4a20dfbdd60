"""Text in, symbols out: sentences, normalisation, phonemes and the symbol table.

Nothing heavy loads at import; lexicon and tagger load at the first sentence.
"""

from itoaudio.text.errors import NothingToSay, TextError, UnreadableWord
from itoaudio.text.front_end import MAX_PHONEMES, English, Pause, Sentence, Word
from itoaudio.text.symbols import ENGLISH_SYMBOLS, PAD, PUNCTUATION, WORD_BOUNDARY, SymbolTable, fold_ipa

__all__ = [
    "ENGLISH_SYMBOLS",
    "MAX_PHONEMES",
    "PAD",
    "PUNCTUATION",
    "WORD_BOUNDARY",
    "English",
    "NothingToSay",
    "Pause",
    "Sentence",
    "SymbolTable",
    "TextError",
    "UnreadableWord",
    "Word",
    "fold_ipa",
]
