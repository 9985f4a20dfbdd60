"""Digits -> English words, US style: "one hundred five", "nineteen eighty four", "two point zero".

Number words come from hibari's table (Apache-2.0): cardinals, ordinals and years; this module chooses.
"""

import re
from collections.abc import Callable
from functools import partial

from itoaudio.text.hibari_parts import front_end

_LONGEST = 15  # digits said as one number; more are said one by one
_WORDS = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_PLURALS = {"penny": "pence"}
_MONEY = re.compile(r"([$£€])\s?(\d[\d,]*)?(?:\.(\d{1,2})(?!\d))?(?=\D|$)")
_NUMBER = re.compile(r"(?<![\w.])-(?=\.?\d)|\d+(?:,\d{3})*(?:\.\d+)*|(?<!\w)\.\d+")
_SUFFIX = re.compile(r"(\d[\d,]*)(st|nd|rd|th)\b", re.IGNORECASE)
_DECADE = re.compile(r"'?\b(\d{2}|\d{4})'?s\b")


def read_numbers(text: str) -> str:
    """`text` with every digit in words."""
    for pattern, words in ((_MONEY, _money), (_DECADE, _decade), (_SUFFIX, _ordinal), (_NUMBER, _number)):
        text = pattern.sub(partial(_apart, words), text)
    return " ".join(text.split())


def _apart(words: Callable[[re.Match[str]], str], match: re.Match[str]) -> str:
    """The words of a match, parted from letters and digits that touch it."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return f"{' ' if before.isalnum() else ''}{words(match)}{' ' if after.isalnum() else ''}"


def cardinal(digits: str) -> str:
    """ "1,250" -> "one thousand two hundred fifty"; digit by digit when it opens with 0 or is very long."""
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    return _american(front_end("numbers").cardinal(int(digits)))


def ordinal(digits: str) -> str:
    """ "21" -> "twenty first"."""
    digits = digits.replace(",", "")
    return (
        _american(front_end("numbers").ordinal(int(digits)))
        if len(digits) <= _LONGEST
        else one_by_one(digits)
    )


def year(digits: str) -> str:
    """ "1905" -> "nineteen oh five"."""
    return _american(front_end("numbers").year(int(digits)))


def one_by_one(digits: str) -> str:
    """ "007" -> "zero zero seven"."""
    ones = front_end("numbers").ONES
    return " ".join(ones[int(digit)] for digit in digits if digit.isdecimal())


def _american(words: str) -> str:
    return re.sub(r" and |, |-", " ", words)


def _decade(match: re.Match[str]) -> str:
    return _plural(year(match[1]) if len(match[1]) == 4 else cardinal(match[1]))


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(match[1])


def _number(match: re.Match[str]) -> str:
    digits = match[0]
    if digits == "-":
        return "minus "
    whole, *parts = digits.split(".")
    if parts:
        tail = [cardinal(part) if len(parts) > 1 else one_by_one(part) for part in parts]
        return " point ".join([cardinal(whole or "0"), *tail]) if whole else f"point {tail[0]}"
    if len(digits) == 4 and digits[0] != "0":
        return year(digits)
    return cardinal(digits)


def _money(match: re.Match[str]) -> str:
    symbol, whole, cents = match.groups()
    if not whole and not cents:
        return match[0]
    cents = (cents or "").ljust(2, "0") if cents else "00"
    parts = [(cardinal(whole or "0"), _WORDS[symbol][0]), (cardinal(str(int(cents))), _WORDS[symbol][1])]
    said = [
        f"{count} {unit if count == 'one' else _plural(unit)}" for count, unit in parts if count != "zero"
    ]
    return " and ".join(said) or f"zero {_plural(parts[0][1])}"


def _plural(words: str) -> str:
    if words in _PLURALS:
        return _PLURALS[words]
    return words[:-1] + "ies" if words.endswith("y") else words + "s"
