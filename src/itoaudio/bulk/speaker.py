"""A worker that keeps one voice and makes shard after shard: an actor on Ray, or a local process."""

import socket
import time
from typing import Any

import msgspec

from .shards import Entry, Line, Record, Task, digest, offsets, tarred
from .store import Store


class Order(msgspec.Struct, frozen=True):
    """What all workers of a job share. voice: name or folder, the same on each machine; suffix: of the sound
    files; options: of `Voice.say`; node: what to call this machine, by default its name."""

    voice: str | None
    output: str
    suffix: str = ".flac"
    threads: int = 1
    options: dict[str, Any] = {}
    lexicon: str | None = None


class Speaker:
    """Loads the voice once. node: what this machine is called in the report."""

    def __init__(self, order: Order, *, node: str = "") -> None:
        from itoaudio.runtime import Voice

        self.order, self.store = order, Store(order.output)
        self.node = node or socket.gethostname()
        self.voice = Voice.load(order.voice, threads=order.threads, lexicon=order.lexicon)
        self.voice.build(**order.options)

    def make(self, task: Task) -> Record:
        """Speak a shard's lines, write it, then its record. A line that cannot be spoken is one with an
        error, and never kills the job. OSError when the store cannot be written."""
        begun = time.perf_counter()
        members: list[tuple[str, bytes]] = []
        entries = [self._spoken(line, task, members) for line in task.lines]
        data = tarred(members)
        places = offsets(data)
        placed = [
            msgspec.structs.replace(entry, offset=places[entry.file][0], bytes=places[entry.file][1])
            if entry.file
            else entry
            for entry in entries
        ]
        self.store.write(task.name, data)
        record = Record(
            shard=task.name,
            sha256=digest(data),
            bytes=len(data),
            node=self.node,
            busy_seconds=time.perf_counter() - begun,
            audio_seconds=sum(entry.duration_seconds for entry in placed),
            entries=tuple(placed),
        )
        self.store.write(task.record, msgspec.json.encode(record))
        return record

    def _spoken(self, line: Line, task: Task, members: list[tuple[str, bytes]]) -> Entry:
        entry = Entry(id=line.id, text=line.text, shard=task.name)
        try:
            audio = self.voice.say(line.text, **self.order.options)
        except ValueError as error:
            return msgspec.structs.replace(entry, error=str(error))
        file = f"{line.id}{self.order.suffix}"
        described = {"id": line.id, "text": line.text, "duration_seconds": audio.duration_seconds}
        members += [
            (file, audio.encode(self.order.suffix)),
            (f"{line.id}.json", msgspec.json.encode(described)),
        ]
        return msgspec.structs.replace(entry, file=file, duration_seconds=audio.duration_seconds)
