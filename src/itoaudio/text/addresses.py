"""Mail and web addresses, handles and phone numbers -> words, as one dictates them."""

import re

from itoaudio.text.numbers import one_by_one

_TOP_LEVEL = (
    "com|org|net|edu|gov|mil|int|io|ai|co|uk|us|de|fr|eu|ca|au|jp|ch|nl|info|biz|dev|app|tv|me|ly|html"
)
_ADDRESS = re.compile(
    r"(?:https?://|ftp://)?(?:[\w.+-]+@)?(?<![\w.])(?:[A-Za-z0-9_-]+\.)+"
    rf"(?:{_TOP_LEVEL})\b(?::\d+)?(?:[/?#][^\s\"()<>]*[^\s\"()<>.,;:!?])?/?"
    r"|(?:https?://|ftp://)[^\s\"()<>]*[^\s\"()<>.,;:!?]"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
)
SAID = {
    ".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", ":": "colon", "?": "question mark",
    "=": "equals", "&": "and", "#": "hash", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip
_SPELT = re.compile(r"www|ftp|io|ai|uk|us|de|fr|eu|jp|ch|nl|tv|html?|id", re.IGNORECASE)
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d{1,3}(?:[ .-]\(?\d{1,4}\)?){2,5}|(?:1[-. ])?\(\d{3}\) ?\d{3}[-. ]\d{4}"
    r"|(?:1[-.])?\d{3}([-.])\d{3}\1\d{4}|\d{3}-\d{4})(?![\w-]|\.\d)"
)
_SHORT_CALL = re.compile(r"\b((?:[Cc]all|[Dd]ial) )(\d{3})(?![\d-])")


def read_addresses(text: str) -> str:
    """`text` with addresses and phone numbers in words; a page's address loses its scheme."""
    text = _PHONE.sub(_phone, text)
    text = _SHORT_CALL.sub(lambda match: match[1] + one_by_one(match[2]), text)
    text = _ADDRESS.sub(_address, text)
    return re.sub(r"(?<!\S)@(?=\w)", "at ", text)


def _address(match: re.Match[str]) -> str:
    address = re.sub(r"^\w+://", "", match[0]).rstrip("/")
    is_numeric = not re.search("[A-Za-z]", address)
    words = []
    for piece in _PIECE.findall(address):
        if _SPELT.fullmatch(piece):
            words.append(" ".join(piece.upper()))
        elif piece.isdecimal() and (is_numeric or len(piece) > 2):
            words.append(one_by_one(piece))
        else:
            words.append(SAID.get(piece, piece))
    return " ".join(words)


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\+|\d+", match[0])
    said = ["plus" if group == "+" else one_by_one(group) for group in groups]
    if groups[0] == "1" and groups[1] == "800":
        said[1] = "eight hundred"
    return ", ".join(said).replace("plus, ", "plus ")
