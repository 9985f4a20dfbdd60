"""Unicode as people paste it -> the plain characters that the English rules know.

Folds typographic variants, takes out what has no sound (emoji, control and zero-width characters) and names a
word that is written in another script. Source of the character classes: the Unicode Character Database.
"""

import re
import unicodedata

from itoaudio.text.errors import UnreadableWord

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‘’‚′`", "'"),
        **dict.fromkeys("‒‐‑−", "-"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **dict.fromkeys("¿¡", " "),
        **dict(zip("―。！？，、；：⁄", "—.!?,,;:/")),
        **dict(zip("đĐłŁøØı", "dDlLoOi")),
        **{"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "№": "No. "},
    }
)
# The normaliser reads these.
_KEPT_AS_THEY_ARE = frozenset("½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒²³°µ™®©αβγδεζηθικλμνξοπρστυφχψω")
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(rf"(?<=\d)(?![²³](?![{_RAISED}]))⁻?[{_RAISED[1:]}]+")  # 10⁶ is 10^6; 5² stays
_LOWERED = str.maketrans(_RAISED, "-0123456789")
_SPACED = re.compile(r"\s*(—|…)\s*|--+")
_ENTITIES = {
    "&amp;": "&", "&nbsp;": " ", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&lt;": "<", "&gt;": ">",
}  # fmt: skip
_ENTITY = re.compile("|".join(_ENTITIES))
_REPEATED = re.compile(r"((?:[^\w\s]|_){1,4}?)\1{3,}")  # symbols over and over say no more than three times
_ELLIPSIS = re.compile(r"\.(?:\s?\.){2,}")


def clean(text: str) -> str:
    """`text` in plain characters; `UnreadableWord` names a word in a script other than Latin."""
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
    text = _POWER.sub(lambda power: "^" + power[0].translate(_LOWERED), text)
    folded = unicodedata.normalize("NFC", text).translate(_FOLDED)
    plain = "".join(char if char.isascii() else _plain(char) for char in folded)
    for word in plain.split():
        strange = next((char for char in word if char.isalnum() and not _is_readable(char)), None)
        if strange is not None:
            raise UnreadableWord(
                f"cannot read {word!r}: {strange!r} is {_name(strange)}, and this voice reads the Latin"
                f" alphabet. Write the word in Latin letters, or give its sound: [{word}](/.../)"
            )
    plain = _ELLIPSIS.sub("…", _REPEATED.sub(r"\1\1\1", plain))
    return " ".join(_SPACED.sub(lambda match: f"{match[1] or '—'} ", plain).split())


def _plain(char: str) -> str:
    if char in _KEPT_AS_THEY_ARE:
        return char
    category = unicodedata.category(char)
    if category[0] in "LN":  # styled letters and digits of every script: 𝐇 is H, ٣ is 3, é keeps its accent
        digit = unicodedata.decimal(char, None)
        return str(digit) if digit is not None else unicodedata.normalize("NFKC", char)
    if category[0] == "Z":
        return " "
    if category in ("So", "Sm", "Sc"):  # ℃ is °C, ＄ is $
        char = unicodedata.normalize("NFKC", char)
        if len(char) > 1 or char.isascii() or category != "So":
            return char.translate(_FOLDED)
    if category[0] == "C" or category in ("So", "Mn", "Me", "Sk"):
        return " " if category == "So" or char in "\t\r\n" else ""
    return char


def _is_readable(char: str) -> bool:
    return char.isascii() or char in _KEPT_AS_THEY_ARE or _name(char).startswith("LATIN")


def _name(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}")
