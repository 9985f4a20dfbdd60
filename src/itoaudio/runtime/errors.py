"""What the runtime refuses. Every error names the offending value and how to mend it."""

from collections.abc import Iterable
from numbers import Integral, Real

LONGEST_SHOWN = 60


class VoiceError(ValueError):
    """A voice cannot be used. Base of the errors about voices."""


class UnknownVoice(VoiceError):
    """No voice of this name, and no voice folder at this path."""


class DamagedVoice(VoiceError):
    """A voice folder whose files are missing, changed or break the contract of docs/architecture.md."""


class UnknownOption(ValueError):
    """An option, or the name that an option was given, does not exist."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """'; nearest: "uniform"', or all known names when none is near: the tail of an error message."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return f"; nearest: {near[0]!r}" if near else f"; known: {', '.join(names)}"


def no_use_for(options: object, names: Iterable[str], why: str) -> None:
    """ValueError for the first of `names` that is not at its default: what a call would silently ignore."""
    for name in names:
        value = getattr(options, name)
        if value != getattr(type(options), name):
            raise ValueError(f"{name} = {value!r}: {why}; leave it out")


def check_text(name: str, value: object) -> None:
    """ValueError when `value` is no str."""
    if not isinstance(value, str):
        raise ValueError(f"{name} = {shown(value)}: it must be a text, such as 'this'")


def check_number(name: str, value: object, *, whole: bool = False) -> None:
    """ValueError when `value` is no number, or no whole one; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
        raise ValueError(f"{name} = {shown(value)}: it must be a {'whole ' if whole else ''}number")


def within(name: str, value: float, low: float, high: float, *, whole: bool = False) -> None:
    """ValueError when `value` is no number in [low, high], or no whole one; NaN never is."""
    check_number(name, value, whole=whole)
    if not low <= value <= high:
        raise ValueError(f"{name} = {value}: it must be from {low} to {high}")


def shown(value: object) -> str:
    """`value` as an error tells it: short, on one line."""
    told = " ".join(repr(value).split())
    return told if len(told) <= LONGEST_SHOWN else told[:LONGEST_SHOWN] + "…"
