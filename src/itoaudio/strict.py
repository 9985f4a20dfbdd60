"""Strict reading of configs and voice descriptions: an unknown key is an error that names the nearest
known one."""

import difflib
import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class ConfigError(ValueError):
    """A description that does not fit its type: the message names file, place, value and mend."""


def convert(raw: Any, kind: type[T], *, source: str) -> T:
    """`raw` (dicts, lists, numbers, text) as `kind`; `source` names where it came from in errors."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: {error}{_nearest(str(error), kind)}") from None


def _nearest(message: str, kind: type) -> str:
    """' (did you mean `x`?)' for an unknown field, from all fields of all structs below `kind`."""
    unknown = re.search(r"unknown field `(.+?)`", message)
    close = (
        difflib.get_close_matches(unknown[1], sorted(_fields(kind, set())), n=1, cutoff=0.5)
        if unknown
        else []
    )
    return f" (did you mean `{close[0]}`?)" if close else ""


def _fields(kind: Any, seen: set[Any]) -> set[str]:
    if kind in seen:
        return set()
    seen.add(kind)
    names: set[str] = set()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            names |= {field.encode_name} | _fields(field.type, seen)
    for part in getattr(kind, "__args__", ()):
        names |= _fields(part, seen)
    return names
