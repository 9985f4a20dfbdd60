"""What an evaluation has of each take, kept in its folder until it is done: one that was stopped goes on.

A note is named by what its take is made from (code, system with its voice or weights, item, seed, threads)
and by the machine, whose speed it tells.
It holds what the system reported, what judges said under their settings, and the digest of the sound.
"""

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from pathlib import Path

import msgspec

from itoaudio.evaluate.results import this_commit, this_machine
from itoaudio.evaluate.systems.table import System, Task
from itoaudio.evaluate.testlist import Item
from itoaudio.runtime.errors import UnknownVoice
from itoaudio.whole import write_whole

FOLDER = "unfinished"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file of sound, what its system reported while it made it (names of metrics), and (figure, weight) by
    judge and settings. note: where this is kept."""

    item: Item
    seed: int
    path: Path
    note: Path
    measured: dict[str, float] = field(default_factory=dict)
    judged: dict[str, tuple[float, float]] = field(default_factory=dict)

    def keep(self) -> None:
        """Write the note, aside and then renamed."""
        self.note.parent.mkdir(parents=True, exist_ok=True)
        judged = {judge: pair for judge, pair in self.judged.items() if isfinite(sum(pair))}
        note = Note(_digest(self.path), self.measured, judged)
        write_whole(self.note, msgspec.json.encode(note))

    def recalled(self) -> bool:
        """Take over what the note says; False if there is none, or it is not about this sound."""
        try:
            note = msgspec.json.decode(self.note.read_bytes(), type=Note)
        except (OSError, msgspec.DecodeError):
            return False
        if note.sound != _digest(self.path):
            return False
        self.measured.update(note.measured)
        self.judged.update(note.judged)
        return True


class Note(msgspec.Struct):
    """What a note holds; see `Made`."""

    sound: str
    measured: dict[str, float]
    judged: dict[str, tuple[float, float]]


def note_of(folder: Path, system: System, task: Task, item: Item, *, seed: int, threads: int) -> Path:
    """Where a take of an evaluation in `folder` is kept. An evaluation of several hours is one of one commit:
    what `this_commit` does not see, edits of other rooms and programs behind `command:`, nobody looks at."""
    files = [_source(system), item.recording]
    machine = this_machine()
    made_from = (this_commit(), machine.processor, machine.cores, system, task, item, seed, threads)
    parts = (made_from, [_digest(file) for file in files if file])
    return folder / FOLDER / f"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}.json"


def takes_in(folder: Path) -> int:
    """How many takes a run that was stopped left in `folder`."""
    return len(list((folder / FOLDER).glob("*.json")))


def forget(folder: Path) -> None:
    """The evaluation in `folder` is done: the next one begins anew."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _source(system: System) -> Path | None:
    """The file that tells whether a system is still the same; voice.json holds the digests of all others."""
    if system.kind == "voice":
        from itoaudio.runtime.voice_folder import FILE_NAME, find

        with suppress(UnknownVoice):
            return find(system.arguments.get("voice")) / FILE_NAME
    if system.kind == "paper":
        return Path(system.arguments["folder"]) / "weights.safetensors"
    return Path(system.target) if system.target.endswith(".py") else None


def _digest(path: Path) -> str:
    """Of a file's bytes, empty if there is no file; read again only when it has changed."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return _digest_of(path, found.st_size, found.st_mtime_ns)


@cache
def _digest_of(path: Path, size: int, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
