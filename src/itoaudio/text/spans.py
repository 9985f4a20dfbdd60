"""What marked-up text consists of: written text, given sounds, silence and settings of prosody."""

import re
from dataclasses import dataclass

from itoaudio.text.errors import MarkupError
from itoaudio.text.symbols import ENGLISH_SYMBOLS, PUNCTUATION, STRESS, fold_ipa

LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Prosody:
    """How to speak from here on: `rate` 2 is twice as fast; `volume_db` and `pitch_semitones` are shifts."""

    rate: float = 1.0
    volume_db: float = 0.0
    pitch_semitones: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """Written words."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """Written words whose sound is given, in symbols of the symbol table."""

    text: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A pause."""

    seconds: float


Span = Text | Sound | Silence | Prosody


def seconds(duration: str, where: str) -> float:
    """ "0.5s" or "500ms" in seconds, else a `MarkupError` at `where`."""
    match = re.fullmatch(r"\s*\+?(\d+(?:\.\d+)?|\.\d+)\s*(m?s)\s*", duration, re.ASCII)
    if match is None:
        raise MarkupError(f"{where}: {duration!r} is no duration; write 0.5s or 500ms")
    value = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if value > LONGEST_PAUSE_SECONDS:
        raise MarkupError(f"{where}: a pause of {value:g} s is longer than {LONGEST_PAUSE_SECONDS:g} s")
    return value


def checked_ipa(ipa: str, where: str) -> str:
    """`ipa` in the symbol table's spelling, else a `MarkupError` at `where` that names the unknown symbol."""
    folded = " ".join(fold_ipa(ipa).split())
    if not folded.strip(PUNCTUATION + STRESS + " "):
        raise MarkupError(f"{where}: there is no phoneme in {ipa!r}")
    try:
        ENGLISH_SYMBOLS.encode(folded)
    except ValueError as error:
        raise MarkupError(f"{where}: {error}") from None
    return folded
