"""The tables as Markdown, with everything that is needed to read them."""

from collections.abc import Iterable

from itoaudio.evaluate.report.words import (
    EMPTY,
    TASKS,
    figure,
    filled,
    heading,
    how_many,
    provenance,
    shown,
)
from itoaudio.evaluate.results import Column, Results, Row

SIGNIFICANT = 0.05
NEEDS = {
    "reference": "a recording of the sentence",
    "alignment": "a recording in step with the sound: copies, not readings",
    "text": "a text",
}


def markdown(results: Results) -> str:
    """The whole report but its pictures."""
    parts = [f"# {results.title}", _lines(f"- {name}: {text}" for name, text in provenance(results))]
    parts.append(
        "Figures are means over items with a 95 % bootstrap interval (2,000 resamples of items; seeds of one"
        " item are averaged first). ↑ more is better, ↓ less is. An empty cell is a figure that there is"
        " not, never a zero; the reasons stand below."
    )
    for task in dict.fromkeys(row.task for row in results.rows):
        parts += [f"## {TASKS[task]}", table(results, task), *_tests(results, task)]
    parts += _curve(results)
    parts += ["## How each figure is made", _lines(_setting(column) for column in results.columns)]
    empty = [line for row in results.rows for line in _reasons(row)]
    return "\n\n".join([*parts, *(["## Empty cells and rows", _lines(empty)] if empty else [])]) + "\n"


def table(results: Results, task: str) -> str:
    """One row a system, one column a figure."""
    columns = filled(results, task)
    lines = [["system", "items", *(heading(column) for column in columns)]]
    for row in shown(results, task):
        cells = (figure(row.cells[c.name], c) if c.name in row.cells else EMPTY for c in columns)
        lines.append([row.label, how_many(row), *cells])
    lines.insert(1, ["---"] * len(lines[0]))
    return _lines("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _tests(results: Results, task: str) -> list[str]:
    parts = []
    for column in (column for column in results.columns if column.headline):
        tests = [t for t in results.tests if (t.task, t.metric) == (task, column.name)]
        if not tests:
            continue
        found = [
            f"{t.first} {'>' if t.difference > 0 else '<'} {t.second} (p {_p(t.p)})"
            for t in tests
            if t.p < SIGNIFICANT
        ]
        same = len(tests) - len(found)
        parts.append(
            f"- {column.title}: {'; '.join(found) or 'no pair differs'}"
            + (f"; {same} pairs cannot be told apart" if found and same else "")
        )
    head = "Pairs that differ (permutation test on items, Holm over all pairs of a metric, p < 0.05):"
    return [head + "\n\n" + "\n".join(parts)] if parts else []


def _curve(results: Results) -> list[str]:
    rows = [row for row in results.rows if row.curve]
    if not rows:
        return []
    names = [c for c in results.columns if any(c.name in row.cells for row in rows)]
    lines = [["task", "system", *(heading(c) for c in names)], ["---"] * (len(names) + 2)]
    lines += [
        [
            row.task,
            row.label,
            *(figure(row.cells[c.name], c) if c.name in row.cells else EMPTY for c in names),
        ]
        for row in rows
    ]
    return ["## Quality against evaluations", _lines("| " + " | ".join(line) + " |" for line in lines)]


def _setting(column: Column) -> str:
    missing = f" **Could not run: {column.missing}.**" if column.missing else ""
    # A recording in step is one of the sentence.
    shown_needs = set(column.needs) - ({"reference"} if "alignment" in column.needs else set())
    needs = "".join(f" Only where there is {NEEDS[need]}." for need in sorted(shown_needs))
    return f"- **{heading(column)}**: {column.settings}.{needs}{missing}"


def _reasons(row: Row) -> list[str]:
    place = f"- {row.task}, {row.label}"
    if row.failed:
        return [f"{place}: the system cannot run: {row.failed}"]
    return [f"{place}, {name}: {reason}" for name, reason in row.notes.items()]


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
