"""What is to be spoken: lines with an id and a text, from a file at any URL."""

import csv
from pathlib import PurePosixPath

import msgspec

from .store import read_url


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text to speak. id: names its sound, so letters, digits, `-`, `_` and no dot or slash."""

    id: str
    text: str


def read_lines(url: str) -> list[Line]:
    """Lines of `.txt` (one text each, numbered from 1), `.csv` (`id|text`, the last column counts) or
    `.jsonl` (`{"id": ..., "text": ...}`). ValueError names the line that is wrong."""
    content = read_url(url)
    kind = PurePosixPath(url).suffix.lower()
    if kind not in READERS:
        raise ValueError(
            f"{url}: a manifest is one of {', '.join(READERS)}, not {kind or 'without a suffix'}"
        )
    try:
        lines = READERS[kind](content.decode("utf-8-sig"), url)
    except UnicodeDecodeError as error:
        raise ValueError(f"{url}: not UTF-8 at byte {error.start}") from None
    seen: set[str] = set()
    for line in lines:
        if not line.id or not all(letter.isalnum() or letter in "-_" for letter in line.id):
            raise ValueError(f"{url}: id {line.id!r} may hold letters, digits, - and _ only")
        if line.id in seen:
            raise ValueError(f"{url}: id {line.id!r} is there twice")
        seen.add(line.id)
    if not lines:
        raise ValueError(f"{url}: no line to speak")
    return lines


def _text(content: str, url: str) -> list[Line]:
    rows = content.splitlines()
    width = max(5, len(str(len(rows))))
    return [Line(f"{number:0{width}d}", row) for number, row in enumerate(rows, 1) if row.strip()]


def _table(content: str, url: str) -> list[Line]:
    lines = []
    for number, row in enumerate(csv.reader(content.splitlines(), delimiter="|", quoting=csv.QUOTE_NONE), 1):
        if not row:
            continue
        if len(row) < 2:
            raise ValueError(f"{url}:{number}: {'|'.join(row)!r} is not `id|text`")
        lines.append(Line(row[0], row[-1]))
    return lines


def _records(content: str, url: str) -> list[Line]:
    lines = []
    for number, row in enumerate(content.splitlines(), 1):
        if not row.strip():
            continue
        try:
            lines.append(msgspec.json.decode(row, type=Line))
        except msgspec.DecodeError as error:
            raise ValueError(f"{url}:{number}: {error}") from None
    return lines


READERS = {".txt": _text, ".csv": _table, ".jsonl": _records}
