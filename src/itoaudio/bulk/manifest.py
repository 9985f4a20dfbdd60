"""What is to be spoken: lines with an id and a text, from a file at any URL."""

from pathlib import PurePosixPath

import msgspec

from itoaudio.rows import split_rows

from .store import read_url

LONGEST_ID = 90  # bytes: with a suffix the name of a member in a shard, 100 in tar


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text to speak. id: names its sound, so letters, digits, `-`, `_` and no dot or slash, at most
    `LONGEST_ID` bytes in UTF-8."""

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
        numbered = READERS[kind](split_rows(content.decode("utf-8-sig")), url)
    except UnicodeDecodeError as error:
        raise ValueError(f"{url}: not UTF-8 at byte {error.start}") from None
    seen: set[str] = set()
    for number, line in numbered:
        if not line.id or not all(letter.isalnum() or letter in "-_" for letter in line.id):
            raise ValueError(f"{url}:{number}: id {line.id!r} may hold letters, digits, - and _ only")
        if (size := len(line.id.encode())) > LONGEST_ID:
            raise ValueError(f"{url}:{number}: id {line.id!r} has {size} bytes: give at most {LONGEST_ID}")
        if line.id in seen:
            raise ValueError(f"{url}:{number}: id {line.id!r} is there twice")
        seen.add(line.id)
    if not numbered:
        raise ValueError(f"{url}: no line to speak")
    return [line for _, line in numbered]


def _text(rows: list[str], url: str) -> list[tuple[int, Line]]:
    width = max(5, len(str(len(rows))))
    return [(number, Line(f"{number:0{width}d}", row)) for number, row in enumerate(rows, 1) if row.strip()]


def _table(rows: list[str], url: str) -> list[tuple[int, Line]]:
    lines = []
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        name, *texts = row.split("|")
        if not texts:
            raise ValueError(f"{url}:{number}: {row!r} is not `id|text`")
        lines.append((number, Line(name, texts[-1])))
    return lines


def _records(rows: list[str], url: str) -> list[tuple[int, Line]]:
    lines = []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            lines.append((number, msgspec.json.decode(row, type=Line)))
        except msgspec.DecodeError as error:
            raise ValueError(f"{url}:{number}: {error}") from None
    return lines


READERS = {".txt": _text, ".csv": _table, ".jsonl": _records}
