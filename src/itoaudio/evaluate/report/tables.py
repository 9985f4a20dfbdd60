"""Tables of the page: all figures, pairs, settings."""

from html import escape

from itoaudio.evaluate.report.charts import family
from itoaudio.evaluate.report.markdown import SIGNIFICANT
from itoaudio.evaluate.report.words import EMPTY, filled, heading, how_many, shown, spread
from itoaudio.evaluate.results import Column, Results, Row, Test


def cells_table(results: Results, task: str) -> str:
    """Every figure with its interval; the best of those that are not recordings is bold."""
    columns, rows = filled(results, task), shown(results, task)
    head = "".join(f"<th>{escape(heading(column))}</th>" for column in columns)
    best = {column.name: _best(rows, column) for column in columns}
    lines = []
    for row in rows:
        cells = "".join(_cell(row, column, best[column.name]) for column in columns)
        lines.append(
            f'<tr><th scope="row" class="{family(row)}" title="{escape(row.note)}">{escape(row.label)}</th>'
            f'<td class="items">{escape(how_many(row))}</td>{cells}</tr>'
        )
    return (
        f"<table><thead><tr><th></th><th>items</th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def pair_tables(results: Results, task: str) -> str:
    """A matrix for each headline metric: does the system of the line beat that of the column?"""
    parts = []
    for column in (column for column in results.columns if column.headline):
        tests = [test for test in results.tests if (test.task, test.metric) == (task, column.name)]
        if tests:
            parts.append(f"<h3>{escape(column.title)}</h3>{_matrix(tests, column)}")
    note = (
        f"▲ the line's system is better, ▼ it is worse (p &lt; {SIGNIFICANT}), · they cannot be told apart."
    )
    return (
        f'<p class="soft">{note}</p>{"".join(parts)}' if parts else '<p class="soft">Nothing to compare.</p>'
    )


def settings_table(results: Results) -> str:
    """How each metric was used, and why some were not."""
    lines = []
    for column in results.columns:
        missing = f" <strong>Could not run: {escape(column.missing)}.</strong>" if column.missing else ""
        lines.append(
            f"<tr><td>{escape(heading(column))}</td><td>{escape(column.settings)}.{missing}</td></tr>"
        )
    return f'<table class="settings">{"".join(lines)}</table>'


def _best(rows: list[Row], column: Column) -> str | None:
    having = [row for row in rows if column.name in row.cells and row.kind != "recordings"]
    if len(having) < 2:
        return None
    sign = 1 if column.better == "higher" else -1
    return max(having, key=lambda row: sign * row.cells[column.name].mean).label


def _cell(row: Row, column: Column, best: str | None) -> str:
    cell = row.cells.get(column.name)
    if cell is None:
        reason = column.missing or row.failed or row.notes.get(column.name, "not for this system")
        return f'<td class="empty" title="{escape(reason)}">{EMPTY}</td>'
    mark = ' class="best"' if row.label == best else ""
    return f"<td{mark}>{cell.mean:.{column.digits}f}<small>{spread(cell, column, '{} – {}')}</small></td>"


def _matrix(tests: list[Test], column: Column) -> str:
    names = list(dict.fromkeys(name for test in tests for name in (test.first, test.second)))
    signs = {(t.first, t.second): (t.difference, t) for t in tests}
    signs |= {(t.second, t.first): (-t.difference, t) for t in tests}
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = []
    for one in names:
        cells = "".join(_sign(*signs[one, other], column) if one != other else "<td></td>" for other in names)
        lines.append(f'<tr><th scope="row">{escape(one)}</th>{cells}</tr>')
    body = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<table class="matrix">{body}</table>'


def _sign(difference: float, test: Test, column: Column) -> str:
    note = f'title="{difference:+.{column.digits}f}, p = {test.p:.4f}, {test.n} items"'
    if test.p >= SIGNIFICANT:
        return f'<td class="tie" {note}>·</td>'
    better = (difference > 0) == (column.better == "higher")
    return f'<td class="win" {note}>▲</td>' if better else f'<td class="loss" {note}>▼</td>'
