"""What the library's normaliser gets wrong, put right before it sees the text: one ordered table.

Each line answers at least one case of tests/text/data/spoken.tsv or tests/text/test_rules.py. Order matters:
a rule sees what those above it wrote.
"""

import re
import unicodedata
from collections.abc import Callable

from itoaudio.text.numbers import cardinal, ordinal, year
from itoaudio.text.roman import ROMAN_RULES
from itoaudio.text.units import NUMBER, UNIT_RULES

Replacement = str | Callable[[re.Match[str]], str]

_PER = "second|minute|hour|day|night|week|month|year|person|head|mile|gallon|kg|km|lb|unit"
_PARTS = {2: "half", 4: "quarter"}
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau"
    " upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split()))
_VULGAR = {
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⅓": "1/3",
    "⅔": "2/3",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
    "⅚": "5/6",
    "⅐": "1/7",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
    "⅑": "1/9",
    "⅒": "1/10",
}
_SIGNS = {
    "√": "square root of", "∛": "cube root of", "≈": "approximately", "≅": "approximately",
    "≤": "at most", "⩽": "at most", "≥": "at least",
    "⩾": "at least", "≠": "not equal to", "≡": "identical to", "∓": "minus or plus",
    "∞": "infinity", "∝": "proportional to", "∑": "sum of", "∏": "product of", "∫": "integral of",
    "∙": "times", "⋅": "times", "∗": "times", "⇒": "implies", "‰": "per thousand",
}  # fmt: skip
_BIG = {
    "mn": "million", "mln": "million", "bn": "billion", "bln": "billion", "tn": "trillion", "trn": "trillion",
    "T": "trillion",
}  # fmt: skip


def _fraction(match: re.Match[str]) -> str:
    whole, top, bottom = match[1], int(match[2]), int(match[3])
    if not 0 < top < bottom or (bottom > 10 and bottom not in (12, 16, 20, 32, 64, 100, 1000)):
        return match[0]
    part = _PARTS.get(bottom) or ordinal(str(bottom))
    if whole and top == 1:
        return f"{whole}and a {part}"
    many = "halves" if part == "half" else part + "s"
    return f"{whole + 'and ' if whole else ''}{cardinal(str(top))} {part if top == 1 else many}"


def _symbol_first(match: re.Match[str]) -> str:
    """Money as English has it: "5,50 €" is "€5.50"."""
    lower, amount, big, symbol = match.groups()
    amount = re.sub(r",(\d\d?)$", r".\1", amount)
    return f"{lower + ' to ' if lower else ''}{symbol}{amount}{big or ''}"


def _currency_name(match: re.Match[str]) -> str:
    return f" {unicodedata.name(match[0]).removesuffix(' SIGN').lower()} "


def _duration(match: re.Match[str]) -> str:
    counted = [(int(count), unit) for count, unit in zip(match.groups(), ("hour", "minute", "second"))]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count]
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said or ["0 seconds"])


def _camel(match: re.Match[str]) -> str:
    return "hashtag " + re.sub(r"(?<=[a-z])(?=[A-Z])", " ", match[1].replace("_", " "))


RULES: tuple[tuple[str, Replacement], ...] = (
    # signs and letters
    (rf"[{''.join(_VULGAR)}]", lambda match: f" {_VULGAR[match[0]]}"),
    ("[α-ω]", lambda match: f" {_GREEK.get(match[0], match[0])} "),
    (r"\b([CF])#", r"\1 sharp"),
    (r"(?<![\w&])#([A-Za-z]\w+)", _camel),
    (r"\b([A-Z]{2,})&([A-Z]+)\b", r"\1 and \2"),
    # abbreviations
    (r"\be\.g\.,?", "for example"),
    (r"\bi\.e\.,?", "that is"),
    (r"\bDr\.? (?=[A-Z])", "Doctor "),
    (r"\bpp\. ?(?=\d)", "pages "),
    (r"\bp\. ?(?=\d)", "page "),
    (r"\b(?:ca|c)\. ?(?=\d)", "circa "),
    (r"\b[Mm]in\. ?(?=\d)", "minimum "),
    (r"\b[Mm]ax\. ?(?=\d)", "maximum "),
    (r"\ba\.k\.a\.", "also known as"),
    (r"\bdept\.", "department"),
    (r"\bPh\.D\.?", "P H D"),
    # money
    (
        rf"(?<![\w.,])(?:(\d[\d,.]*)\s?[-–]\s?)?(\d[\d,]*(?:\.\d+)?)"
        rf"(\s?(?:{'|'.join(_BIG)}|[kKmMbB]|thousand|million|billion|trillion))?\s?([$£€¥₹₩])(?![\w$£€¥₹₩])",
        _symbol_first,
    ),
    (
        rf"([$£€¥₹₩]\s?{NUMBER})\s?({'|'.join(_BIG)})\b",
        lambda match: f"{match[1]} {_BIG[match[2]]}",
    ),
    (rf"(?<![\w.])({NUMBER})\s?bn\b", r"\1 billion"),
    (r"(?<!\w)US(?=\$\d)", ""),
    (r"([$£€]\d[\d,.]*)\s?[-–]\s?(?=[$£€]?\d)", r"\1 to "),
    (r"(?<![\w.])-(?=[$£€]\d)", "minus "),
    (rf"(?<=\d)/(?=(?:{_PER})\b)", " per "),
    # a word of its own, not a mark of TeX ($x$) nor a letter (Ke$ha)
    (r"(?<![^\s(])[$£€¥₹₩](?=[\s.,;:!?)]|$)(?!\s\.?\d)|(?![€₹₩])[₠-⃀]", _currency_name),
    # times, ratios, dates
    (
        r"(?<![\w:.])(?<!\b[Aa]t )(\d|[1-9]\d):([0-5]\d):([0-5]\d)(?![\w:]|\.\d|\s?[AaPp]\.?[Mm]\b)",
        _duration,
    ),
    (r"\b(\d{1,2})h ?(\d{1,2})m(?:in)?\b", r"\1 hours \2 minutes"),
    (r"(\d:\d\d)\s?[-–]\s?(?=\d{1,2}:\d\d)", r"\1 to "),
    (r"\b(\d{1,2}):(\d)(?!\d)", r"\1 to \2"),
    (r"\b9/11\b", "nine eleven"),
    (r"\b24/7\b", "twenty four seven"),
    (r"\b((?:19|20)\d\d)[-–/](\d\d)(?![\d/-])", lambda match: f"{year(match[1])} to {cardinal(match[2])}"),
    # numbers
    (r"\b\d{1,3}(?: \d{3}){2,}\b", lambda match: match[0].replace(" ", "")),
    (r"(?<![\d/])(\d+ )?(\d{1,3})/(\d{1,4})(?![\d/])", _fraction),
    (r"(?<![\d/])(\d{2,3})/(\d{2,3})(?![\d/])", r"\1 over \2"),
    (rf"[{''.join(_SIGNS)}]", lambda match: f" {_SIGNS[match[0]]} "),
    (r"(?<=\d)\s?\*\*\s?(?=\d)", " to the power of "),
    (r"(?<=\d)\s?[*·]\s?(?=\d)", " times "),
    (r"\b10\^6\b", "ten to the sixth"),
    (r"(\d) ?x ?(?=\d)", r"\1 by "),
    (r"(?<!\w)'n'(?!\w)", "and"),
    (r"(?<!\S)&(?!\S)", "and"),
    (r"(?<!\S)\+ ?(?=\S)", "plus "),
    (r"~(?=\d)", "about "),
    (r"\b(\d+)x\b", r"\1 times"),
    (r"(\d)\+(?=\s|$)", r"\1 plus"),
    (r"(\d) - (?=\d)", r"\1 minus "),
    (r"(?<![\w.-])(\d[\d,.]*)\s?[-–]\s?(\d[\d,.]*)(?=\s?(?:%|[a-zµ°]|$))", r"\1 to \2"),
    (r"±\s?", "plus or minus "),
    (rf"({NUMBER})\s?%", r"\1 percent"),
    (r"\bv(?=\d+\.\d)", "version "),
    (r"(?<=[A-Za-z])–(?=[A-Za-z])", " to "),
    # units
    *UNIT_RULES,
    *ROMAN_RULES,
    # letters beside digits
    (r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Z]\d)", " "),
    (r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=(?!(?:st|nd|rd|th|s|am|pm|AM|PM|[kKMmBb])\b)[A-Za-z])", " "),
)


def apply_rules(text: str) -> str:
    """`text` after every rule of the table, in order."""
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text
