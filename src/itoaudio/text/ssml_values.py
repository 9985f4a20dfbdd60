"""Attribute values of SSML 1.1 -> numbers and words: pauses, prosody and say-as.

Each function takes `where`, the place in the document, and names it in a `MarkupError` with what it knows.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from itoaudio.text import numbers
from itoaudio.text.addresses import SAID
from itoaudio.text.errors import MarkupError
from itoaudio.text.spans import Prosody, seconds

_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.5, "x-fast": 2.0}
_VOLUMES_DB = {"x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 6.0, "x-loud": 12.0}
_PITCHES_ST = {"x-low": -4.0, "low": -2.0, "medium": 0.0, "default": 0.0, "high": 2.0, "x-high": 4.0}
_RATE_LIMITS = (0.25, 4.0)
_VOLUME_LIMITS_DB = (-60.0, 20.0)
_PITCH_LIMITS_ST = (-12.0, 12.0)
_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"


def break_seconds(attributes: Mapping[str, str], where: str) -> float:
    """Length of a <break>: its time, else its strength, else a medium one."""
    if "time" in attributes:
        return seconds(attributes["time"], where)
    strength = attributes.get("strength", "medium")
    if strength not in _STRENGTHS:
        raise MarkupError(f"{where}: strength {strength!r} is none of {', '.join(_STRENGTHS)}")
    return _STRENGTHS[strength]


def prosody(now: Prosody, attributes: Mapping[str, str], where: str) -> Prosody:
    """The prosody inside a <prosody> element, given that outside; relative values build on `now`."""
    if not attributes:
        raise MarkupError(f"{where}: <prosody> needs rate, volume or pitch")
    if "rate" in attributes:
        factor = _rate(attributes["rate"].strip(), now.rate, where)
        now = replace(now, rate=_within("rate", factor, _RATE_LIMITS, where))
    if "volume" in attributes:
        level = _level(attributes["volume"].strip(), now.volume_db, "dB", _VOLUMES_DB, "volume", where)
        now = replace(now, volume_db=_within("volume", level, _VOLUME_LIMITS_DB, where))
    if "pitch" in attributes:
        level = _pitch(attributes["pitch"].strip(), now.pitch_semitones, where)
        now = replace(now, pitch_semitones=_within("pitch", level, _PITCH_LIMITS_ST, where))
    return now


def _rate(value: str, now: float, where: str) -> float:
    if value in _RATES:
        return _RATES[value]
    match = re.fullmatch(rf"([+-]?){_NUMBER}(%?)", value)
    if match is None or (match[1] and not match[3]):
        raise MarkupError(
            f"{where}: rate {value!r} is neither like 120%, +20% or 1.2 nor of {', '.join(_RATES)}"
        )
    amount = float(match[2]) / (100 if match[3] else 1)
    return now * (1 + float(match[1] + "1") * amount if match[1] else amount)


def _level(value: str, now: float, unit: str, names: Mapping[str, float], what: str, where: str) -> float:
    if value in names:
        return names[value]
    match = re.fullmatch(rf"([+-]){_NUMBER}{unit}", value)
    if match is None:
        raise MarkupError(f"{where}: {what} {value!r} is neither like +2{unit} nor of {', '.join(names)}")
    return now + float(match[1] + match[2])


def _pitch(value: str, now: float, where: str) -> float:
    percent = re.fullmatch(rf"([+-]){_NUMBER}%", value)
    if percent is None:
        return _level(value, now, "st", _PITCHES_ST, "pitch", where)
    factor = 1 + float(percent[1] + percent[2]) / 100
    return now + 12 * math.log2(factor) if factor > 0 else -math.inf


def _within(what: str, value: float, limits: tuple[float, float], where: str) -> float:
    if not limits[0] <= value <= limits[1]:
        raise MarkupError(f"{where}: {what} comes to {value:.3g}, outside {limits[0]:g} to {limits[1]:g}")
    return value


def say_as(kind: str, content: str, where: str) -> str:
    """`content` in words, read as `kind`."""
    if kind not in _READINGS:
        raise MarkupError(f"{where}: say-as {kind!r} is not supported; known: {', '.join(_READINGS)}")
    if not content.strip():
        raise MarkupError(f"{where}: say-as {kind!r} has nothing to say in {content!r}")
    if kind in _WRITTEN and not re.fullmatch(_WRITTEN[kind][0], content.strip(), re.ASCII):
        what, example = _WRITTEN[kind][1:]
        raise MarkupError(f"{where}: say-as {kind!r}: {content!r} is no {what}, such as {example}")
    return _READINGS[kind](content)


def _spell(text: str) -> str:
    return " ".join(filter(None, map(_character, text)))


def _character(char: str) -> str:
    if char in "0123456789":
        return numbers.one_by_one(char)
    if char.isalnum():
        return char.upper()
    if char.isspace():
        return ""
    return _CHARACTERS.get(char) or unicodedata.name(char, "unknown character").lower()


def _cardinal(text: str) -> str:
    digits = re.sub(r"[^\d.-]", "", text)
    sign = "plus " if text.strip().startswith("+") else ""
    return sign + (numbers.cardinal(digits) if digits.isdigit() else numbers.read_numbers(digits))


def _telephone(text: str) -> str:
    groups = ", ".join(numbers.one_by_one(group) for group in re.findall(r"\d+", text))
    return f"plus {groups}" if text.strip().startswith("+") else groups


_CHARACTERS = SAID | {
    ",": "comma", ";": "semicolon", "!": "exclamation mark", "'": "apostrophe", "’": "apostrophe",
    '"': "quotation mark", "(": "left parenthesis", ")": "right parenthesis", "*": "asterisk",
    "|": "vertical bar", "\\": "backslash", "<": "less than", ">": "greater than",
    "$": "dollar", "£": "pound", "€": "euro", "–": "dash", "—": "dash",
}  # fmt: skip
_READINGS: dict[str, Callable[[str], str]] = {
    "characters": _spell,
    "spell-out": _spell,
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": lambda text: numbers.ordinal(re.sub(r"\D", "", text)),
    "digits": numbers.one_by_one,
    "telephone": _telephone,
}
_WHOLE = r"(?:\d{1,3}(?:[ ,]\d{3})+|\d+)"
# how each kind is written, what it is and an example
_CARDINAL = (rf"[+-]?(?:{_WHOLE}(?:\.\d+)?|\.\d+)", "number", "-1,234.5")
_WRITTEN = {
    "cardinal": _CARDINAL,
    "number": _CARDINAL,
    "ordinal": (_WHOLE, "whole number", "21"),
    "digits": (r"\d(?:[\s,-]?\d)*", "number in digits alone", "2024"),
    "telephone": (r"\+?[\s.()-]*\d[\d\s.()-]*", "telephone number", "+1 555 010 9999"),
}
