"""Figures as SVG that takes its colours from the page: they follow its theme and need nothing else."""

from collections.abc import Sequence
from html import escape

from itoaudio.evaluate.report.axes import axis, bar, frame, spread, svg
from itoaudio.evaluate.report.words import figure
from itoaudio.evaluate.results import Column, Row

NAME_WIDTH, LINE_HEIGHT, HEAD_HEIGHT, GAP = 190, 30, 50, 34
LEAST_LABEL_GAP = 15.0


def family(row: Row) -> str:
    """CSS class of a system's colour: our own, the recordings, all others."""
    return "ours" if row.ours else "truth" if row.kind == "recordings" else "other"


def forest(rows: Sequence[Row], columns: Sequence[Column], *, width: int = 1120) -> str:
    """A line a system, a panel a metric: a dot with its interval."""
    panel = (width - NAME_WIDTH) / max(1, len(columns))
    height = HEAD_HEIGHT + LINE_HEIGHT * len(rows) + 26
    parts = []
    for index, row in enumerate(rows):
        y = HEAD_HEIGHT + LINE_HEIGHT * (index + 0.5)
        parts.append(f'<line class="grid" x1="0" x2="{width}" y1="{y + 15:.1f}" y2="{y + 15:.1f}"/>')
        parts.append(f'<text class="name {family(row)}" x="0" y="{y + 4:.1f}">{escape(row.label)}</text>')
    for index, column in enumerate(columns):
        left = NAME_WIDTH + index * panel + GAP / 2
        parts.append(_panel(rows, column, left, panel - GAP, height))
    return svg(width, height, parts, "Every system's figures with their intervals")


def _panel(rows: Sequence[Row], column: Column, left: float, width: float, height: int) -> str:
    cells = [row.cells[column.name] for row in rows if column.name in row.cells]
    arrow = "more is better" if column.better == "higher" else "less is better"
    parts = [
        f'<text class="head" x="{left:.1f}" y="14">{escape(column.title)}</text>',
        f'<text class="soft" x="{left:.1f}" y="30">{arrow}</text>',
    ]
    if not cells:
        reason = column.missing or "nothing to measure"
        return "".join(
            [*parts, f'<text class="soft" x="{left:.1f}" y="{HEAD_HEIGHT + 18}">{escape(reason[:24])}</text>']
        )
    logarithmic = column.name.startswith("rtf") or column.name == "nfe"
    scale, ticks = axis(
        [value for cell in cells for value in (cell.low, cell.high)],
        (left, left + width),
        logarithmic=logarithmic,
        most=3,
    )
    bottom = height - 22
    for tick in ticks:
        x = scale(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD_HEIGHT}" y2="{bottom}"/>')
        parts.append(f'<text class="soft" text-anchor="middle" x="{x:.1f}" y="{bottom + 16}">{tick:g}</text>')
    for index, row in enumerate(rows):
        if column.name in row.cells:
            cell, y = row.cells[column.name], HEAD_HEIGHT + LINE_HEIGHT * (index + 0.5)
            parts.append(
                f'<g class="{family(row)}"><title>{escape(row.label)}: {escape(figure(cell, column))}</title>'
                f"{bar((scale(cell.low), scale(cell.high)), (y, y))}"
                f'<circle class="dot" cx="{scale(cell.mean):.1f}" cy="{y}" r="5"/></g>'
            )
    return "".join(parts)


def scatter(
    rows: Sequence[Row], speed: Column, quality: Column, *, width: int = 1120, height: int = 470
) -> str:
    """Quality against speed: each system a point, faster to the right, intervals as bars."""
    points = [row for row in rows if {speed.name, quality.name} <= row.cells.keys()]
    truth = next(
        (r.cells[quality.name] for r in rows if r.kind == "recordings" and quality.name in r.cells), None
    )
    left, right, top, bottom = 60, width - 190, 20, height - 46
    fast = [1 / row.cells[speed.name].mean for row in points] or [1.0]
    levels = [v for row in points for v in (row.cells[quality.name].low, row.cells[quality.name].high)]
    levels += [truth.mean] if truth else []
    x, x_ticks = axis(fast, (left + 20, right - 20), logarithmic=True, most=6)
    y, y_ticks = axis(levels or [1.0, 5.0], (bottom - 14, top + 14), most=6)
    parts = frame(x, x_ticks, y, y_ticks, (left, right, top, bottom), "{:g}×")
    legend = "times faster than real time →"
    parts.append(
        f'<text class="soft" text-anchor="end" x="{right}" y="{height - 6}">{legend}</text>'
        f'<text class="soft" x="0" y="12">{escape(quality.title)}</text>'
    )
    if truth:
        level = y(truth.mean)
        parts.append(f'<line class="truth-line" x1="{left}" x2="{right}" y1="{level:.1f}" y2="{level:.1f}"/>')
        parts.append(
            f'<g class="truth"><text class="name" x="{right + 8}" y="{level + 4:.1f}">recordings</text></g>'
        )
    shown = sorted(points, key=lambda row: y(row.cells[quality.name].mean))
    labels = spread([y(row.cells[quality.name].mean) for row in shown], LEAST_LABEL_GAP)
    for row, label in zip(shown, labels):
        cell, at = row.cells[quality.name], x(1 / row.cells[speed.name].mean)
        note = f"{row.label}: {figure(cell, quality)}, {speed.title} {figure(row.cells[speed.name], speed)}"
        parts.append(
            f'<g class="{family(row)}"><title>{escape(note)}</title>'
            f"{bar((at, at), (y(cell.low), y(cell.high)))}"
            f'<circle class="dot" cx="{at:.1f}" cy="{y(cell.mean):.1f}" r="7"/>'
            f'<text class="name" x="{at + 13:.1f}" y="{label + 4:.1f}">{escape(row.label)}</text></g>'
        )
    return svg(width, height, parts, f"{quality.title} against speed")


def curve(rows: Sequence[Row], quality: Column, *, width: int = 540, height: int = 300) -> str:
    """A figure against the number of network evaluations, with its interval as a band."""
    points = sorted(
        (
            (row.cells["nfe"].mean, row.cells[quality.name])
            for row in rows
            if {"nfe", quality.name} <= row.cells.keys()
        ),
        key=lambda point: point[0],
    )
    left, right, top, bottom = 50, width - 16, 26, height - 40
    x, x_ticks = axis([nfe for nfe, _ in points], (left + 12, right - 12), logarithmic=True, most=8, base=2)
    y, y_ticks = axis([v for _, c in points for v in (c.low, c.high)], (bottom - 8, top + 8), most=5)
    parts = frame(x, x_ticks, y, y_ticks, (left, right, top, bottom), "{:g}")
    parts.append(f'<text class="head" x="0" y="14">{escape(quality.title)}</text>')
    parts.append(
        f'<text class="soft" text-anchor="end" x="{right}" y="{height - 6}">network evaluations →</text>'
    )
    upper = [f"{x(nfe):.1f},{y(cell.high):.1f}" for nfe, cell in points]
    lower = [f"{x(nfe):.1f},{y(cell.low):.1f}" for nfe, cell in reversed(points)]
    middle = [f"{x(nfe):.1f},{y(cell.mean):.1f}" for nfe, cell in points]
    dots = "".join(
        f'<circle class="dot" cx="{x(nfe):.1f}" cy="{y(cell.mean):.1f}" r="4.5"><title>{nfe:g} evaluations:'
        f" {escape(figure(cell, quality))}</title></circle>"
        for nfe, cell in points
    )
    parts.append(
        f'<g class="ours"><polygon class="band" points="{" ".join(upper + lower)}"/>'
        f'<polyline class="curve" points="{" ".join(middle)}"/>{dots}</g>'
    )
    return svg(width, height, parts, f"{quality.title} against evaluations")
