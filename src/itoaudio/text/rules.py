"""What the library's normaliser gets wrong, put right before it sees the text: one ordered table.

Each line answers at least one case of tests/text/data/spoken.tsv. Order matters: a rule sees what those above
it wrote.
"""

import re
from collections.abc import Callable

from itoaudio.text.numbers import cardinal, ordinal, year

Replacement = str | Callable[[re.Match[str]], str]

_NUM = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNITS = {
    "m": "meter", "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "µm": "micrometer",
    "ha": "hectare", "L": "liter", "l": "liter", "g": "gram", "W": "watt", "V": "volt", "s": "second",
    "h": "hour", "dB": "decibel", "in.": "inch", "ft": "foot", "mi": "mile",
}  # fmt: skip
_MANY = {"inch": "inches", "foot": "feet"}
_RATES = {"m/s": "meters per second", "mpg": "miles per gallon", "K": "kelvin"}
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
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_ROMAN = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NUMBERED = (
    "chapter|part|act|scene|section|volume|book|phase|article|appendix|figure|table|type|level|stage|war"
    "|rocky"
)


def _unit(match: re.Match[str]) -> str:
    count, unit, power = match[1], _UNITS[match[2]], match[3]
    shape = {"²": "square ", "³": "cubic "}.get(power or "", "")
    return f"{count} {shape}{unit if count == '1' else _MANY.get(unit, unit + 's')}"


def _fraction(match: re.Match[str]) -> str:
    whole, top, bottom = match[1], int(match[2]), int(match[3])
    if not 0 < top < bottom or (bottom > 10 and bottom not in (12, 16, 20, 32, 64, 100, 1000)):
        return match[0]
    part = _PARTS.get(bottom) or ordinal(str(bottom))
    if whole and top == 1:
        return f"{whole}and a {part}"
    many = "halves" if part == "half" else part + "s"
    return f"{whole + 'and ' if whole else ''}{cardinal(str(top))} {part if top == 1 else many}"


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0]))


def _camel(match: re.Match[str]) -> str:
    return "hashtag " + re.sub(r"(?<=[a-z])(?=[A-Z])", " ", match[1].replace("_", " "))


RULES: tuple[tuple[str, Replacement], ...] = (
    # signs and letters
    ("[½¼¾⅓⅔⅛⅜⅝⅞]", lambda match: f" {_VULGAR[match[0]]}"),
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
    (r"(?<!\w)US(?=\$\d)", ""),
    (r"([$£€]\d[\d,.]*)\s?[-–]\s?(?=[$£€]?\d)", r"\1 to "),
    (r"(?<![\w.])-(?=[$£€]\d)", "minus "),
    (rf"(?<=\d)/(?=(?:{_PER})\b)", " per "),
    # times, ratios, dates
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
    (rf"({_NUM})\s?%", r"\1 percent"),
    (r"\bv(?=\d+\.\d)", "version "),
    (r"(?<=[A-Za-z])–(?=[A-Za-z])", " to "),
    # units
    (r"\b(\d+)'(\d{1,2})\"", r"\1 foot \2"),
    (
        rf"(?<![\w.])({_NUM}) ({'|'.join(map(re.escape, _RATES))})(?![\w/])",
        lambda m: f"{m[1]} {_RATES[m[2]]}",
    ),
    (rf"(?<![\w.])({_NUM}) ({'|'.join(map(re.escape, _UNITS))})([²³])?(?![\w/'])", _unit),
    # Roman numerals that the library's lists of names and titles lack
    (rf"\b((?i:{_NUMBERED})) ({_ROMAN})\b", lambda match: f"{match[1]} {_roman(match[2])}"),
    (
        r"\b((?i:chapter|part|section|act|scene) )([ivx]{1,5})\b",
        lambda match: match[1] + str(_roman(match[2])),
    ),
    (r"\b([XVI]{2,})(?= (?:century|dynasty|Olympi))", lambda match: ordinal(str(_roman(match[1])))),
    (rf"\b(?=M[MCDXLVI]{{3}}){_ROMAN}\b", lambda match: year(str(_roman(match[0])))),
    (r"\b((?!I\b)[A-Z][a-z]+) ([IVX]{2,})\b(?!')", lambda match: f"{match[1]} the {_name_ordinal(match[2])}"),
    # letters beside digits
    (r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Z]\d)", " "),
    (r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=(?!(?:st|nd|rd|th|s|am|pm|AM|PM|[kKMmBb])\b)[A-Za-z])", " "),
)


def _name_ordinal(numeral: str) -> str:
    return ordinal(str(_roman(numeral)))


def apply_rules(text: str) -> str:
    """`text` after every rule of the table, in order."""
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text
