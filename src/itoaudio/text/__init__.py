"""Text in, symbols out: sentences, normalisation, phonemes, marks and the symbol table.

Nothing heavy loads at import; lexicon and tagger load at the first sentence.
"""

from itoaudio.text.errors import LexiconError, MarkupError, NothingToSay, TextError, UnreadableWord
from itoaudio.text.front_end import MAX_PHONEMES, English
from itoaudio.text.lexicon import load_lexicon
from itoaudio.text.spans import Prosody
from itoaudio.text.symbols import ENGLISH_SYMBOLS, PAD, PUNCTUATION, WORD_BOUNDARY, SymbolTable, fold_ipa
from itoaudio.text.words import Pause, Sentence, Word

__all__ = [
    "ENGLISH_SYMBOLS",
    "MAX_PHONEMES",
    "PAD",
    "PUNCTUATION",
    "WORD_BOUNDARY",
    "English",
    "LexiconError",
    "MarkupError",
    "NothingToSay",
    "Pause",
    "Prosody",
    "Sentence",
    "SymbolTable",
    "TextError",
    "UnreadableWord",
    "Word",
    "fold_ipa",
    "load_lexicon",
]
