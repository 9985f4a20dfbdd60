"""What a run leaves: one struct that JSON, Markdown and the page are written from."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from itoaudio.evaluate.metrics import Metric
from itoaudio.evaluate.statistic import Cell
from itoaudio.evaluate.systems.table import Task
from itoaudio.whole import write_whole


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A metric as it was used. missing: why it could not run, or empty."""

    name: str
    title: str
    unit: str
    better: str
    digits: int
    settings: str
    headline: bool
    needs: tuple[str, ...] = ()
    missing: str = ""

    @classmethod
    def of(cls, metric: Metric, missing: str) -> "Column":
        """From the registry."""
        names = ("name", "title", "unit", "better", "digits", "settings", "headline")
        needs = tuple(sorted(metric.needs))
        return cls(**{name: getattr(metric, name) for name in names}, needs=needs, missing=missing)


class Row(msgspec.Struct, kw_only=True):
    """One system at one task.

    values: by metric, items x seeds in the order of the run's items (null where there is none); weights: by
    metric, what each item counts in the cell's mean, as words do for word errors; notes: why
    cells are empty; audio: by item and seed, relative to the run's folder; failed: why the row is empty;
    made_seconds, judged_seconds: see `Results.kept`.
    """

    task: Task
    label: str
    spec: str
    kind: str
    ours: bool
    note: str
    curve: bool
    seeds: list[int]
    failed: str = ""
    cells: dict[str, Cell] = {}
    values: dict[str, list[list[float | None]]] = {}
    weights: dict[str, list[float]] = {}
    notes: dict[str, str] = {}
    audio: dict[str, list[str]] = {}
    made_seconds: float = 0.0
    judged_seconds: float = 0.0


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A paired test of two systems. `p` is corrected by Holm over all pairs of this task and metric."""

    task: Task
    metric: str
    first: str
    second: str
    difference: float
    n: int
    p: float


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the list."""

    id: str
    text: str | None
    recorded: bool


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it ran."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    load: float


class Results(msgspec.Struct, kw_only=True):
    """A whole run. kept: takes that a stopped run had left, whose seconds are not counted here."""

    title: str
    date: str
    commit: str
    command: str
    machine: Machine
    test_list: str
    items: list[Sentence]
    columns: list[Column]
    rows: list[Row]
    tests: list[Test]
    seconds: float
    kept: int = 0
    version: int = 1

    def row(self, task: str, label: str) -> Row:
        """The one row of this name."""
        return next(row for row in self.rows if (row.task, row.label) == (task, label))

    def write(self, path: Path) -> None:
        """JSON, aside and then renamed."""
        write_whole(path, msgspec.json.format(msgspec.json.encode(self), indent=1))


def read_results(path: Path) -> Results:
    """What `Results.write` wrote. ValueError names what does not fit."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"{path}: not the results of a run: {error}") from None


def this_machine() -> Machine:
    """Processor, cores, memory and how busy it was."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=platform.system(),
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2),
    )


@cache
def this_commit() -> str:
    """Short hash of this code's tree, `+` if this room was changed; the version where there is no git."""
    from itoaudio import __version__

    here = Path(__file__).parent
    try:
        commit = _git(here, "rev-parse", "--short", "HEAD")
        return commit + (
            "+" if _git(here, "status", "--porcelain", "--untracked-files=no", "--", ".") else ""
        )
    except (OSError, subprocess.CalledProcessError):
        return f"version {__version__}"


def now() -> str:
    """UTC, to the minute."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@cache
def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
