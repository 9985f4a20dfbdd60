"""From a manifest to shards of sound with an index; what is there is kept, so the same call resumes."""

import functools
import hashlib
import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from . import cluster, local
from .manifest import Line, read_lines
from .shards import Record, Task, finished, tasks
from .speaker import Order, Speaker
from .store import Store

log = logging.getLogger(__name__)
JOB, INDEX = "job.json", "index.jsonl"


@dataclass
class Node:
    """Sums of one machine: seconds of sound, seconds that its workers were busy, shards."""

    audio_seconds: float = 0.0
    busy_seconds: float = 0.0
    shards: int = 0

    @property
    def real_time_factor(self) -> float:
        """Busy seconds of a worker for a second of sound: smaller is faster."""
        return self.busy_seconds / self.audio_seconds if self.audio_seconds else float("nan")


@dataclass
class Summary:
    """Where a job stands. lines, done: of the manifest; kept: done by earlier calls; failed: ids without
    sound, with the reason; nodes: by name, of this call."""

    lines: int
    done: int = 0
    kept: int = 0
    audio_seconds: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def add(self, record: Record, *, kept: bool = False) -> None:
        """Count a shard."""
        self.done += len(record.entries)
        self.audio_seconds += record.audio_seconds
        self.failed |= {entry.id: entry.error for entry in record.entries if entry.error}
        if kept:
            self.kept += len(record.entries)
            return
        node = self.nodes.setdefault(record.node, Node())
        node.audio_seconds += record.audio_seconds
        node.busy_seconds += record.busy_seconds
        node.shards += 1


def speak(
    manifest: str,
    output: str,
    *,
    voice: str | None = None,
    ray: str | None = None,
    processes: int | None = None,
    threads: int = 1,
    shard_lines: int = 256,
    suffix: str = ".flac",
    lexicon: str | None = None,
    options: dict[str, Any] | None = None,
    report: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """Speak all lines of `manifest` into shards below `output`, both URLs or paths.

    ray: address of a cluster (`auto`, `ray://host:10001`); without it, or without Ray, processes of this
    machine do it; processes: how many, by default one for each `threads` cores; options: of `Voice.say`;
    report: called after each shard.
    ValueError for a manifest or option that is wrong, and for an `output` that holds another job.
    """
    for name, count in {"shard_lines": shard_lines, "threads": threads}.items():
        if count < 1:
            raise ValueError(f"{name} = {count}: give 1 or more")
    lines = read_lines(manifest)
    order = Order(voice, output, suffix, threads, options or {}, lexicon)
    store, todo, summary = Store(output), [], Summary(len(lines))
    _claim(store, lines, order, shard_lines, voice=_checked(order))
    sizes, records = store.sizes(), {}
    for task in tasks(lines, size=shard_lines):
        if record := finished(store, task, sizes):
            records[record.shard] = record
            summary.add(record, kept=True)
        else:
            todo.append(task)
    report(summary)
    with closing(_made(order, todo, ray=ray, processes=processes)) as made:
        for record in made:
            records[record.shard] = record
            summary.add(record)
            report(summary)
    store.write(INDEX, b"".join(_index(records.values())))
    return summary


def _made(
    order: Order, todo: list[Task], *, ray: str | None, processes: int | None
) -> Generator[Record, None, None]:
    if not todo:
        return
    make_worker = functools.partial(Speaker, order)
    if ray is not None and not cluster.installed():
        log.warning("Ray is not installed (pip install 'itoaudio[cluster]'): processes of this machine do it")
    elif ray is not None:
        yield from cluster.run(make_worker, todo, address=ray, threads=order.threads)
        return
    if processes is None:
        processes = max(1, (os.cpu_count() or 1) // order.threads)
    yield from local.run(make_worker, todo, processes=min(processes, len(todo)))


def _checked(order: Order) -> str:
    """Digest of the voice. Mistakes in voice, options or format come before any worker starts."""
    from itoaudio.runtime import Voice
    from itoaudio.runtime.options import Options
    from itoaudio.runtime.sound import check_suffix

    check_suffix(order.suffix)
    voice = Voice.load(order.voice, lexicon=order.lexicon)
    options = Options.of(order.options)
    voice.plans(options)
    voice.speaker(options.speaker)
    return hashlib.sha256(msgspec.json.encode(voice.spec)).hexdigest()


def _claim(store: Store, lines: list[Line], order: Order, shard_lines: int, *, voice: str) -> None:
    """Write what this job is beside its shards, or refuse to mix it with another."""
    asked = {
        "manifest_sha256": hashlib.sha256(msgspec.json.encode(lines)).hexdigest(),
        "lines": len(lines),
        "shard_lines": shard_lines,
        "voice_sha256": voice,
        "suffix": order.suffix,
        "lexicon_sha256": hashlib.sha256(Path(order.lexicon).read_bytes()).hexdigest()
        if order.lexicon
        else None,
        "options": msgspec.to_builtins(order.options, str_keys=True),
    }
    asked = msgspec.json.decode(msgspec.json.encode(asked))  # tuples become lists, as they are read back
    there = store.read(JOB)
    if there is None:
        store.write(JOB, msgspec.json.encode(asked))
        return
    try:
        found = msgspec.json.decode(there)
    except msgspec.DecodeError:
        raise ValueError(f"{store.url}/{JOB}: cut or altered; give an empty folder") from None
    if differing := [name for name, value in asked.items() if found.get(name) != value]:
        raise ValueError(
            f"{store.url} holds another job, which differs in {', '.join(differing)}: give an empty folder"
        )


def _index(records: Iterable[Record]) -> Iterator[bytes]:
    for record in sorted(records, key=lambda record: record.shard):
        for entry in record.entries:
            yield msgspec.json.encode(entry) + b"\n"
