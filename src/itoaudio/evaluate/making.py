"""Sound from systems: a worker process for each, asked item by item, timed at 2 threads and at 1."""

import json
import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itoaudio.evaluate.kept import Made, note_of
from itoaudio.evaluate.systems.table import System, Task
from itoaudio.evaluate.testlist import SUFFIXES, Item

WORKER = Path(__file__).parent / "systems" / "worker.py"
TIMED_THREADS = (2, 1)
MOST_DEATHS = 3  # of a system's process: then its row is given up


class SystemFailed(Exception):
    """A system that cannot do its task: its row stays, empty, with this message."""


class ItemFailed(SystemFailed):
    """A system that has no sound for one item; the others go on."""


@dataclass(frozen=True, kw_only=True)
class Making:
    """How systems are run. seeds: of the noise, for those that have some; timed: items for the speed at one
    thread, or at 2, and for the time to first sound; threads: of the pass that makes the sound."""

    folder: Path
    seeds: Sequence[int] = (0,)
    timed: int = 5
    threads: int = 2


def make(system: System, task: Task, items: Sequence[Item], how: Making) -> tuple[list[Made], dict[str, str]]:
    """Every take of `items` by `system`, and why items have none. SystemFailed if there is no take at all."""
    fitting = [item for item in items if _source(system, task, item)][: system.clips]
    if not fitting:
        wanted = "recordings" if system.recorded or task == "copy" else "texts"
        raise SystemFailed(f"the list has no {wanted}")
    if system.folder is not None:
        return _found(system, task, fitting, how)
    takes, lost = _all_takes(system, task, fitting, how)
    if not takes:
        raise SystemFailed(lost[fitting[0].id])
    if system.timed and not system.curve:
        whole = [item for item in fitting if item.id not in lost]
        # Copies at `how.threads` have told their speed already; no process is started for nothing.
        for threads in (n for n in TIMED_THREADS if task == "read" or n != how.threads):
            try:
                _time(system, task, whole, takes, how, threads)
            except SystemFailed as error:
                lost[f"speed at {threads} threads"] = str(error)
    return list(takes.values()), lost


def _all_takes(
    system: System, task: Task, items: list[Item], how: Making
) -> tuple[dict[tuple[str, int], Made], dict[str, str]]:
    """A process that dies loses the item it was at; another one goes on with the next. What is kept is not
    made again."""
    planned = {item.id: _planned(system, task, item, how) for item in items}
    takes: dict[tuple[str, int], Made] = {}
    lost: dict[str, str] = {}
    todo, deaths = deque[Item](), 0
    for item in items:
        if all(take.recalled() for take in planned[item.id]):
            takes |= {(item.id, take.seed): take for take in planned[item.id]}
        else:
            todo.append(item)
    while todo:
        with Worker(system, task, how.threads) as worker:
            worker.warm_up(todo[0])
            while todo:
                item = todo.popleft()
                try:
                    takes |= {(item.id, take.seed): _made(worker, take) for take in planned[item.id]}
                except ItemFailed as error:
                    lost[item.id] = str(error)
                except SystemFailed as error:
                    lost[item.id], deaths = str(error), deaths + 1
                    if deaths == MOST_DEATHS:
                        return takes, lost | {left.id: str(error) for left in todo}
                    break
    return takes, lost


def _time(
    system: System,
    task: Task,
    items: list[Item],
    takes: dict[tuple[str, int], Made],
    how: Making,
    threads: int,
) -> None:
    """Speed and time to first sound of the first items at `threads`, where the takes do not tell it yet."""

    def untold(name: str, count: int) -> list[Item]:
        first = items[:count]
        return [item for item in first if name not in takes[item.id, how.seeds[0]].measured]

    speed, first_sound = f"rtf_{threads}", f"first_sound_{threads}"
    speeds = untold(speed, 1 if system.slow else how.timed) if threads != how.threads else []
    first_sounds = untold(first_sound, how.timed) if task == "read" else []
    if not speeds and not first_sounds:
        return
    following = dict(zip((item.id for item in items), items[1:] + items[:1]))
    with Worker(system, task, threads) as worker:
        worker.warm_up(items[0])
        for item in speeds:
            answer = worker.ask(item, seed=0)
            _tell(takes[item.id, how.seeds[0]], speed, answer["seconds"] / answer["sound_seconds"])
        for item in first_sounds:
            answer = worker.ask(Item(item.id, f"{item.text} {following[item.id].text}"), seed=0)
            _tell(takes[item.id, how.seeds[0]], first_sound, 1000 * answer["first_seconds"])


def _tell(take: Made, name: str, figure: float) -> None:
    take.measured[name] = figure
    take.keep()


def _planned(system: System, task: Task, item: Item, how: Making) -> list[Made]:
    """Takes of one item under every seed, yet to be made."""
    folder = how.folder / "audio" / task / _safe(system.label)
    return [
        Made(
            item=item,
            seed=seed,
            path=folder / f"{item.id}.{seed}.wav",
            note=note_of(how.folder, system, task, item, seed=seed, threads=how.threads),
        )
        for seed in (how.seeds if system.seeded else how.seeds[:1])
    ]


def _made(worker: "Worker", take: Made) -> Made:
    """`take` with its sound, unless that is kept."""
    if take.recalled():
        return take
    take.path.parent.mkdir(parents=True, exist_ok=True)
    answer = worker.ask(take.item, seed=take.seed, to=take.path)
    if worker.system.timed:
        take.measured.update(_measured(worker, answer))
    take.keep()
    return take


class Worker:
    """A system's process; `ask` it, in a `with` block that ends it."""

    def __init__(self, system: System, task: Task, threads: int) -> None:
        self.system, self.task, self.threads = system, task, threads
        self.facts: dict[str, float] = {}
        self.load_seconds = 0.0

    def __enter__(self) -> "Worker":
        arguments = {**self.system.arguments, "threads": self.threads}
        if self.system.kind == "voice":
            arguments["task"] = self.task
        command = [self.system.python, str(WORKER), self.system.target, json.dumps(arguments)]
        limits = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), str(self.threads)
        )
        self._errors = tempfile.TemporaryFile("w+")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env={**os.environ, **limits},
            )
        except OSError as error:
            self._errors.close()
            raise SystemFailed(f"{self.system.python}: {error.strerror}; `make table` makes it") from None
        try:
            ready = self._answer()
        except SystemFailed:
            self._end()
            raise
        self.facts, self.load_seconds = ready["facts"], ready["load_seconds"]
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def _end(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def warm_up(self, item: Item) -> None:
        """The first call builds and reads things; whether it works, the calls that count will say."""
        if not self.system.slow:
            with suppress(SystemFailed):
                self.ask(item, seed=0)

    def ask(self, item: Item, *, seed: int, to: Path | None = None) -> dict[str, float]:
        """Seconds taken, seconds of sound, ... (see `systems.worker`); the sound goes to `to`. ItemFailed if
        there is none, SystemFailed if the process is gone."""
        assert self._process.stdin
        request = _source(self.system, self.task, item) or {}
        whole = {**request, "seed": seed, "to": str(to.absolute()) if to else None}
        try:
            self._process.stdin.write(json.dumps(whole) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SystemFailed(self._last_words()) from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemFailed(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ItemFailed(answer["error"])
        return answer

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return f"its process ended with {code}: {lines[-1] if lines else 'no message'}"


def _measured(worker: Worker, answer: dict[str, float]) -> dict[str, float]:
    factor = answer["seconds"] / answer["sound_seconds"]
    return {**worker.facts, f"rtf_{worker.threads}": factor, "peak_memory": answer["peak_memory"]}


def _source(system: System, task: Task, item: Item) -> dict[str, Any] | None:
    """What the worker is asked for, None if the item does not have it."""
    if system.recorded or task == "copy":
        return {"recording": str(item.recording.absolute())} if item.recording else None
    return {"text": item.text} if item.text else None


def _found(system: System, task: Task, items: list[Item], how: Making) -> tuple[list[Made], dict[str, str]]:
    made, lost, folder, seed = [], {}, system.folder, how.seeds[0]
    assert folder is not None
    for item in items:
        paths = [folder / f"{item.id}{suffix}" for suffix in SUFFIXES]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            lost[item.id] = f"{folder} has no {item.id}.wav, .flac, .ogg or .mp3"
        else:
            note = note_of(how.folder, system, task, item, seed=seed, threads=how.threads)
            made.append(Made(item=item, seed=seed, path=path, note=note))
            made[-1].recalled()
    if not made:
        raise SystemFailed(lost[items[0].id])
    return made, lost


def _safe(label: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in label)
