"""A large JSON object that stays the text it is: members are found by a hash of names, read when asked.

As Python's dictionaries, lexicon and tagger take 80 MB and half of the time until a first word is read; as
text 20 MB. A sentence needs some hundred short members of them.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from struct import Struct
from typing import Any

import msgspec
import numpy as np

_HASHED_BYTES = 32
"""Longer names are hashed by their beginning: they share a hash, and are told apart by comparison."""

_REMEMBERED = 2048
"""Answers and absences: the same words and features come again and again. Change nothing that is answered."""

_ABSENT = object()
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_WORDS = Struct("=4Q")

_MASKS = np.tril(np.full((_HASHED_BYTES + 1, _HASHED_BYTES), 255, dtype=np.uint8), k=-1).view(np.uint64)
"""For each length, the bytes of a name of it."""


class UnreadObject(Mapping[str, Any]):
    """Members of `raw`, one JSON object in UTF-8 without spaces between its parts.

    No name may stand twice. ValueError where `raw` is no such object, or where a name is written otherwise
    than msgspec writes it; that the values are JSON shows only when they are asked.
    """

    def __init__(self, raw: bytes | memoryview) -> None:
        if raw[:1] != b"{" or raw[-1:] != b"}":
            raise ValueError(
                f"an object of JSON begins with {{ and ends with }}, not with {bytes(raw[:9])!r}"
            )
        self._raw = raw
        letters = np.frombuffer(raw, dtype=np.uint8)
        opens, closes = _member_names(letters)
        _check_written(letters, opens, closes)
        hashes = _hashes(letters, opens + 1, closes)
        order = np.argsort(hashes).astype(np.int32)
        # A memoryview gives Python's numbers one at a time, several times as fast as an array does.
        self._hashes = hashes[order].data
        self._order = order.data
        self._opens = opens.data
        self._closes = closes.data
        self._read = lru_cache(_REMEMBERED)(self._found)

    def __getitem__(self, name: str) -> Any:
        if (value := self._read(name)) is _ABSENT:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """As a dictionary's: without an exception for what is absent, as most features of a tagger are."""
        return default if (value := self._read(name)) is _ABSENT else value

    def _found(self, name: str) -> Any:
        try:
            written = msgspec.json.encode(name)[1:-1]
        except UnicodeEncodeError:  # a lone half of a pair, which no text in UTF-8 holds
            return _ABSENT
        sought = _hash(written)
        place = bisect_left(self._hashes, sought)
        while place < len(self._hashes) and self._hashes[place] == sought:
            member = self._order[place]
            if self._written(member) == written:
                return msgspec.json.decode(self._value(member))
            place += 1
        return _ABSENT

    def __len__(self) -> int:
        return len(self._opens)

    def __iter__(self) -> Iterator[str]:
        for member in range(len(self)):
            yield msgspec.json.decode(b'"' + self._written(member) + b'"')

    def _written(self, member: int) -> bytes | memoryview:
        return self._raw[self._opens[member] + 1 : self._closes[member]]

    def _value(self, member: int) -> bytes | memoryview:
        last = member + 1 == len(self)
        end = len(self._raw) if last else self._opens[member + 1]
        return self._raw[self._closes[member] + 2 : end - 1]


def _member_names(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the quotes around the names of the outermost object's members stand: (members,) of int32 each."""
    quotes = _places(raw, b'"')
    quotes = np.delete(quotes, _escaped(raw, quotes))
    if len(quotes) % 2:
        raise ValueError("a string of this JSON has no end")
    blanks = np.flatnonzero(raw <= ord(" "))
    if (np.searchsorted(quotes, blanks) % 2 == 0).any():
        raise ValueError("blanks stand between the parts of this JSON")
    named = np.flatnonzero(raw[quotes[1::2] + 1] == ord(":"))
    opens, closes = quotes[::2][named], quotes[1::2][named]
    outermost = _brackets(raw, quotes, b"{[", opens) - _brackets(raw, quotes, b"}]", opens) == 1
    return opens[outermost], closes[outermost]


def _check_written(raw: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> None:
    """ValueError unless a member stands first, the others behind commas, and names are written as sought."""
    if (opens[:1] != 1).any() or (raw[opens[1:] - 1] != ord(",")).any() or (len(raw) > 2 and not len(opens)):
        raise ValueError("members of this JSON do not follow each other with a comma between")
    slashes = np.flatnonzero(raw == ord("\\"))
    members = np.searchsorted(opens, slashes) - 1
    for member in np.unique(members[slashes < closes[members]]):
        name = raw[opens[member] : closes[member] + 1].tobytes()
        if msgspec.json.encode(msgspec.json.decode(name)) != name:
            raise ValueError(f"a name of this JSON is not written as it is sought: {name[:40]!r}")


def _places(raw: np.ndarray, kinds: bytes) -> np.ndarray:
    """Where bytes of these kinds stand: (places,) of int32, since these are many and held at once."""
    found = raw == kinds[0]
    for kind in kinds[1:]:
        found |= raw == kind
    return np.flatnonzero(found).astype(np.int32)


def _escaped(raw: np.ndarray, quotes: np.ndarray) -> list[int]:
    """Indices of quotes that an odd number of backslashes stands before."""
    escaped = []
    for index in np.flatnonzero(raw[quotes - 1] == ord("\\")):
        first = int(quotes[index])
        while raw[first - 1] == ord("\\"):
            first -= 1
        if (int(quotes[index]) - first) % 2:
            escaped.append(int(index))
    return escaped


def _brackets(raw: np.ndarray, quotes: np.ndarray, kinds: bytes, places: np.ndarray) -> np.ndarray:
    """How many brackets of these kinds, outside strings, stand before each place."""
    brackets = _places(raw, kinds)
    return np.searchsorted(brackets[np.searchsorted(quotes, brackets) % 2 == 0], places)


def _hashes(raw: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A hash of raw[start:end] for each: (names,) of uint64."""
    padded = np.concatenate([raw, np.zeros(_HASHED_BYTES, dtype=np.uint8)])
    words = np.lib.stride_tricks.sliding_window_view(padded, _HASHED_BYTES)[starts].view(np.uint64)
    words &= _MASKS[np.minimum(ends - starts, _HASHED_BYTES)]
    return _mixed(words)


def _mixed(words: np.ndarray) -> np.ndarray:
    """(names, 4) of uint64 -> (names,): sums of odd multiples, whose wrapping is wanted."""
    return (words * np.array(_ODD, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)


def _hash(written: bytes) -> int:
    """The same of one name, in Python's numbers."""
    words = _WORDS.unpack(written[:_HASHED_BYTES].ljust(_HASHED_BYTES, b"\0"))
    return sum(word * odd for word, odd in zip(words, _ODD)) % 2**64
