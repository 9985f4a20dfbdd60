"""Figures as text: what a cell says in Markdown and on the page."""

from itoaudio.evaluate.results import Column, Results, Row
from itoaudio.evaluate.statistic import Cell

TASKS = {"copy": "Copy synthesis", "read": "Text to speech"}
EMPTY = "–"


def figure(cell: Cell, column: Column) -> str:
    """'4.21 [4.10, 4.32] ±0.02 seeds', as far as there is an interval and more than one seed."""
    return " ".join(filter(None, (f"{cell.mean:.{column.digits}f}", spread(cell, column, "[{}, {}]"))))


def spread(cell: Cell, column: Column, form: str) -> str:
    """The interval in `form`, and how far the figure moves from one noise seed to another."""
    low, high, seeds = (
        "" if value is None else f"{value:.{column.digits}f}"
        for value in (cell.low, cell.high, cell.seed_std)
    )
    interval = form.format(low, high) if cell.high - cell.low > 1e-12 else ""
    return " ".join(filter(None, (interval, f"±{seeds} seeds" if seeds else "")))


def heading(column: Column) -> str:
    """'WER (share) ↓': the arrow points to what is better."""
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.title}{unit} {'↑' if column.better == 'higher' else '↓'}"


def filled(results: Results, task: str) -> list[Column]:
    """Columns that at least one system fills at `task`, or that could not be judged at all."""
    rows = [row for row in results.rows if row.task == task]
    return [c for c in results.columns if c.missing or any(c.name in row.cells for row in rows)]


def shown(results: Results, task: str) -> list[Row]:
    """Rows of the tables: all but those of a curve."""
    return [row for row in results.rows if row.task == task and not row.curve]


def how_many(row: Row) -> str:
    """'20 x 3 seeds', or why there are none."""
    if row.failed:
        return f"cannot run: {row.failed}"
    seeds = f" × {len(row.seeds)} seeds" if len(row.seeds) > 1 else ""
    return f"{len(row.audio)}{seeds}"


def provenance(results: Results) -> list[tuple[str, str]]:
    """What is needed to get the figures again."""
    machine = results.machine
    before = f", without those of a stopped run that left {results.kept} takes" if results.kept else ""
    return [
        ("date", results.date),
        ("commit", results.commit),
        ("command", results.command),
        (
            "machine",
            f"{machine.processor}, {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system},"
            f" Python {machine.python}, load {machine.load:g} at the end",
        ),
        ("test list", f"{results.test_list}: {len(results.items)} items"),
        ("seconds", f"{results.seconds:.0f}{before}"),
    ]
