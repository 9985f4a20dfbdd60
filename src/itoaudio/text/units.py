"""Units behind a number: "9.8 m/s²" is "9.8 meters per second squared", "heat it to 20 C" is "20 °C".

A unit alone that is not here, and a sign of degrees, are read by the library's normaliser. A lone C or F may
be anything (a seat, a flat, a cup), so only a few constructions make degrees of it.
"""

import re
from collections.abc import Callable

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_ALONE = {
    "m": "meter", "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "µm": "micrometer",
    "ha": "hectare", "L": "liter", "l": "liter", "g": "gram", "W": "watt", "V": "volt", "s": "second",
    "h": "hour", "dB": "decibel", "in.": "inch", "ft": "foot", "mi": "mile",
    "yr": "year", "yrs": "year", "wk": "week", "wks": "week",
}  # fmt: skip
_NAMES = _ALONE | {  # only where a power or a "per" shows what they are
    "in": "inch", "yd": "yard", "kg": "kilogram", "mg": "milligram", "µg": "microgram", "lb": "pound",
    "mL": "milliliter", "ml": "milliliter", "dL": "deciliter", "gal": "gallon", "mol": "mole", "N": "newton",
    "J": "joule", "kJ": "kilojoule", "kW": "kilowatt", "kWh": "kilowatt hour", "rad": "radian",
    "B": "byte", "KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "kbit": "kilobit", "Mbit": "megabit", "Mb": "megabit", "Gbit": "gigabit", "Gb": "gigabit",
    "min": "minute", "hr": "hour", "day": "day",
}  # fmt: skip
_MANY = {"inch": "inches", "foot": "feet"}
_LENGTHS = ("meter", "inch", "foot", "yard", "mile")
_SCALES = {"C": "Celsius", "F": "Fahrenheit"}
_WARM = (  # what stands before a lone C or F of degrees, and what behind it
    (
        r"\btemperatures? (?:(?:will|can|may) )?"
        r"(?:of|is|are|was|were|be|above|below|over|under|between|from|near|reache[sd]|rose|fell|stays) "
        r"(?:(?:at|to|about|around|only|just|nearly) )?",
        "",
    ),
    (r"\b(?:pre)?(?:heat|cool|warm)(?:s|ed|ing)?(?: (?:it|them|up|down|the \w+))? to ", ""),
    (r"\b(?:bake|roast|oven(?: is| was)?) (?:at|to) ", ""),
    (r"\b(?:boil|melt)(?:s|ed|ing)? at |\b(?:froze|freez(?:es?|ing)) at ", ""),
    (r"\b(?:boil|melt|freez)ing point (?:of|is) ", ""),
    (r"\bat ", r",? (?:the )?\w+ (?:boil|melt|freeze)s\b"),
    (r"\bit(?:'s| is| was) (?:(?:about|only|just|nearly|still) )?", r" (?:outside|today|tonight)\b"),
    (r"\b(?:at|to|of|is|was|above|below|from) (?=-|minus )", ""),
    ("", r" (?:of (?:warming|cooling)|warmer|colder|hotter|cooler)\b"),
)


def _words(unit: str, power: str | None, *, many: bool) -> str:
    name = _NAMES[unit]
    words = _MANY.get(name, name + "s") if many else name
    if not power:
        return words
    square = power[-1] in "²2"
    if name.endswith(_LENGTHS):
        return f"{'square' if square else 'cubic'} {words}"
    return f"{words} {'squared' if square else 'cubed'}"


def _unit(match: re.Match[str]) -> str:
    count, unit, power = match.groups()
    return f"{count} {_words(unit, power, many=count != '1')}"


def _rate(match: re.Match[str]) -> str:
    count, unit, power, per, per_power = match.groups()
    words = f"{_words(unit, power, many=count != '1')} per {_words(per, per_power, many=False)}"
    return f"{count} {words}" if count else words


def _one_of(units: dict[str, str]) -> str:
    return "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))


_POWER = r"([²³]|\^[23]|(?:(?<=m)|(?<=ft)|(?<=/s))[23])"  # a plain digit only where N2 and B2 are not meant
_RANGE = rf"(?:{NUMBER} ?(?:-|–|to|and) ?)?(?:-|minus )?"
_COUNT = rf"(?<![\w.])({_RANGE}(?:{NUMBER}(?= )|\d+\.\d+)) ?"  # with its blank: 4C is a seat
_SCALE = r"([CF])(?![\w#+&/'-]|\.\w| [A-Z])"

UNIT_RULES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"(?<=\d )deg (?=[CF]\b)", "degrees "),
    (r"(\bdegrees|(?<=\b1 )degree) ([CF])(?![\w'-])", lambda match: f"{match[1]} {_SCALES[match[2]]}"),
    *((rf"((?i:{before})){_COUNT}{_SCALE}(?={behind})", r"\1\2 °\3") for before, behind in _WARM),
    (rf"(°[CF] (?:and |or |to |\()-?{NUMBER}) ?{_SCALE}", r"\1 °\2"),
    (r"\b(\d+) ?ft\.? (\d+) ?in\b\.?", r"\1 feet \2 inches"),
    (r"\b(\d+)'(\d{1,2})\"", r"\1 foot \2"),
    (rf"(?<![\w.])({NUMBER}) ?({_one_of(_NAMES)}){_POWER}?/({_one_of(_NAMES)}){_POWER}?(?![\w/'])", _rate),
    (rf"(?<![\w/'.])()(k?m)()/(s|h){_POWER}?(?![\w/'])", _rate),
    (rf"(?<![\w.])({NUMBER}) ?({_one_of(_NAMES)}){_POWER}(?![\w/'])", _unit),
    (rf"(?<![\w.])({NUMBER}) ({_one_of(_ALONE)})()(?![\w/'])", _unit),
    (rf"(?<![\w.])({NUMBER}) mpg\b", r"\1 miles per gallon"),
    (rf"(?<![\w.])({NUMBER}) K(?![\w/'])", r"\1 kelvin"),
)
"""For `rules.RULES`, in this order."""
