"""Shards of sound: tar files in WebDataset's layout (ID.flac beside ID.json) with a record of what is inside.

A shard is a function of its lines, the voice and the options, so making one again gives the same bytes. Its
record is written after it, with its size and digest: a shard without a whole record was not made.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterable

import msgspec

from .manifest import Line
from .store import Store


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line in the index. file: its member of the shard; offset, bytes: where its sound lies there, so that
    it can be read alone; error: why there is none."""

    id: str
    text: str
    shard: str
    file: str = ""
    offset: int = 0
    bytes: int = 0
    duration_seconds: float = 0.0
    error: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a finished shard holds, and what it took. busy_seconds: of the worker, wall clock."""

    shard: str
    sha256: str
    bytes: int
    node: str
    busy_seconds: float
    audio_seconds: float
    entries: tuple[Entry, ...]


class Task(msgspec.Struct, frozen=True):
    """A shard to make."""

    number: int
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """Of the tar file."""
        return f"shard-{self.number:06d}.tar"

    @property
    def record(self) -> str:
        """Of the record's file."""
        return f"shard-{self.number:06d}.json"


def tasks(lines: list[Line], *, size: int) -> list[Task]:
    """Lines dealt into shards of `size` in their order."""
    starts = range(0, len(lines), size)
    return [Task(number, tuple(lines[start : start + size])) for number, start in enumerate(starts)]


def tarred(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar file of (name, content), the same bytes whenever and by whomever it is made."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def offsets(data: bytes) -> dict[str, tuple[int, int]]:
    """Where each member's content lies in a tar file: (first byte, bytes)."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: (member.offset_data, member.size) for member in tar}


def finished(store: Store, task: Task, sizes: dict[str, int]) -> Record | None:
    """The record of a shard that is there whole, or None when it must be made. sizes: of the files."""
    if task.record not in sizes:
        return None
    try:
        record = msgspec.json.decode(store.read(task.record) or b"", type=Record)
    except msgspec.DecodeError:
        return None
    whole = sizes.get(task.name) == record.bytes
    return record if whole and [e.id for e in record.entries] == [line.id for line in task.lines] else None


def digest(data: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(data).hexdigest()
