"""One evaluation: every system at every task it knows, judged by every metric, compared in pairs."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from itoaudio.evaluate.kept import FOLDER, Made, takes_in
from itoaudio.evaluate.making import Making, SystemFailed, make
from itoaudio.evaluate.metrics import Metric, Unavailable
from itoaudio.evaluate.metrics.metric import Unmeasurable
from itoaudio.evaluate.results import Column, Results, Row, Sentence, Test, now, this_commit, this_machine
from itoaudio.evaluate.sound import Sound, Take
from itoaudio.evaluate.statistic import cell, holm, paired_p
from itoaudio.evaluate.systems.table import System, Task
from itoaudio.evaluate.testlist import Item

logger = logging.getLogger(__name__)

CURVE_METRICS = ("distill_mos", "dnsmos", "wer", "pesq", "nfe", "rtf_2")
NOT_COMPARED = ("nfe", "size", "peak_memory", "rtf_1", "rtf_2", "first_sound_1", "first_sound_2")
Say = Callable[[str], None]


@dataclass
class Judges:
    """Metrics that still can run, and why others cannot."""

    metrics: dict[str, Metric]
    say: Say
    missing: dict[str, str] = field(default_factory=dict)

    def measure(self, metric: Metric, take: Take) -> tuple[float, float]:
        """(figure, weight). Unmeasurable if this take has none; the first Unavailable is said aloud."""
        try:
            weight = metric.weight(take) if metric.weight else 1.0
            return float(metric.measure(take)), float(weight)
        except Unavailable as error:
            self.missing[metric.name] = str(error)
            self.say(f"JUDGE CANNOT RUN: {metric.title}: {error}. Its cells stay empty.")
            raise Unmeasurable(str(error)) from None
        except Unmeasurable:
            raise
        except Exception as error:  # a judge's surprise at one take must not lose a run of many minutes
            self.say(f"NO FIGURE: {metric.title}: {type(error).__name__}: {error}")
            raise Unmeasurable(f"{type(error).__name__}: {error}") from None


def evaluate(
    systems: Sequence[System],
    items: Sequence[Item],
    tasks: Sequence[Task],
    metrics: dict[str, Metric],
    how: Making,
    *,
    title: str,
    command: str,
    test_list: str,
    say: Say,
) -> Results:
    """Run everything; `say` gets a line for each row, with the seconds it took. What a run that was stopped
    left in `how.folder` is not made and judged again (see `kept`)."""
    begun, judges = time.perf_counter(), Judges(dict(metrics), say)
    if kept := takes_in(how.folder):
        say(f"goes on with {kept} takes of a stopped run; to begin anew, remove {how.folder / FOLDER}")
    references = {item.id: Sound.read(item.recording) for item in items if item.recording}
    rows = [
        _row(system, task, items, references, judges, how)
        for task in tasks
        for system in systems
        if task in system.tasks
    ]
    return Results(
        title=title,
        date=now(),
        commit=this_commit(),
        command=command,
        machine=this_machine(),
        test_list=test_list,
        items=[Sentence(id=item.id, text=item.text, recorded=item.recording is not None) for item in items],
        columns=[Column.of(metric, judges.missing.get(metric.name, "")) for metric in metrics.values()],
        rows=rows,
        tests=[
            test for task in tasks for metric in metrics.values() for test in compared(rows, task, metric)
        ],
        seconds=time.perf_counter() - begun,
        kept=kept,
    )


def _row(
    system: System,
    task: Task,
    items: Sequence[Item],
    references: dict[str, Sound],
    judges: Judges,
    how: Making,
) -> Row:
    row = Row(
        task=task,
        label=system.label,
        spec=system.spec,
        kind=system.kind,
        ours=system.ours,
        note=system.note,
        curve=system.curve,
        seeds=list(how.seeds) if system.seeded else [how.seeds[0]],
    )
    begun = time.perf_counter()
    try:
        made, lost = make(system, task, items, how)
    except SystemFailed as error:
        row.failed = str(error)
        judges.say(f"SYSTEM CANNOT RUN: {task} {system.label}: {error}. Its row stays empty.")
        return row
    row.made_seconds = time.perf_counter() - begun
    for item, reason in lost.items():
        row.notes[item] = reason
        judges.say(f"NO SOUND: {task} {system.label} {item}: {reason}")
    for take in made:
        inside = take.path.is_relative_to(how.folder)
        row.audio.setdefault(take.item.id, []).append(
            str(take.path.relative_to(how.folder) if inside else take.path.absolute())
        )
    begun = time.perf_counter()
    _judge(row, made, items, references, judges)
    row.judged_seconds = time.perf_counter() - begun
    judges.say(
        f"{task:5} {system.label:28} {len(made):4} takes: made in {row.made_seconds:6.1f} s,"
        f" judged in {row.judged_seconds:6.1f} s"
    )
    return row


def _judge(
    row: Row, made: list[Made], items: Sequence[Item], references: dict[str, Sound], judges: Judges
) -> None:
    """Fill cells, values and notes of `row`."""
    chosen = {n: m for n, m in judges.metrics.items() if not row.curve or n in CURVE_METRICS}
    places = {item.id: index for index, item in enumerate(items)}
    values = {name: np.full((len(items), len(row.seeds)), np.nan) for name in chosen}
    weights = {name: np.ones(len(items)) for name in chosen}
    for one in made:
        try:
            sound = Sound.read(one.path)
        except ValueError as error:
            row.notes[one.item.id] = str(error)
            judges.say(f"NO SOUND: {row.task} {row.label} {one.item.id}: {error}")
            continue
        take = Take(
            sound,
            reference=references.get(one.item.id),
            text=one.item.text,
            aligned=row.task == "copy" or row.kind == "recordings",
            measured=one.measured,
        )
        place, seed = places[one.item.id], row.seeds.index(one.seed)
        for name, metric in chosen.items():
            if name in judges.missing or not metric.fits(take):
                continue
            judge = f"{name}: {metric.settings}"
            try:
                if judge not in one.judged:
                    one.judged[judge] = judges.measure(metric, take)
                values[name][place, seed], weights[name][place] = one.judged[judge]
            except Unmeasurable as error:
                row.notes[name] = str(error)
        one.keep()
    for name in chosen:
        figure = cell(values[name], weights[name])
        if figure is not None:
            row.cells[name] = figure
            row.values[name] = [[None if np.isnan(v) else float(v) for v in line] for line in values[name]]
            row.weights[name] = weights[name].tolist()


def compared(rows: Sequence[Row], task: Task, metric: Metric) -> list[Test]:
    """Every pair of systems at `task`, on the items that both have, by the weights of the table's cells; Holm
    over these pairs."""
    if metric.name in NOT_COMPARED:
        return []
    having = [row for row in rows if row.task == task and metric.name in row.cells and not row.curve]
    pairs, p_values = list(combinations(having, 2)), []
    differences = []
    for first, second in pairs:
        one, other = (_items(row, metric.name) for row in (first, second))
        both = ~np.isnan(one) & ~np.isnan(other)
        weights = np.array(first.weights[metric.name])[both]
        mean = float(np.average(one[both] - other[both], weights=weights)) if both.any() else 0.0
        differences.append((mean, int(both.sum())))
        p_values.append(paired_p(one[both], other[both], weights))
    return [
        Test(
            task=task,
            metric=metric.name,
            first=first.label,
            second=second.label,
            difference=difference,
            n=n,
            p=p,
        )
        for (first, second), (difference, n), p in zip(pairs, differences, holm(p_values))
    ]


def _items(row: Row, name: str) -> np.ndarray:
    """Figures of the items (items,), seeds averaged; nan where there is none."""
    table = np.array([[np.nan if v is None else v for v in line] for line in row.values[name]], dtype=float)
    counts = (~np.isnan(table)).sum(axis=1)
    return np.where(counts > 0, np.nansum(table, axis=1) / np.maximum(counts, 1), np.nan)
