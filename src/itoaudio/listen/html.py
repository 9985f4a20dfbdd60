"""The report as one HTML page that needs nothing else: a picture of means and intervals, then the tables."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from itoaudio.listen import words
from itoaudio.listen.kinds import KINDS
from itoaudio.listen.report import Report
from itoaudio.listen.text import pair_rows, rater_rows, system_rows

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #17202b; --soft: #4b5867; --line: #cfd6dd;
  --mark: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161b; --text: #e8edf2; --soft: #aab6c3; --line: #3a444e; --mark: #7db7f5; }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { margin-bottom: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 0.5rem; font-size: 1.15rem; }
.soft { margin-top: 0; color: var(--soft); } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; }
th { color: var(--soft); font-weight: 600; }
svg { width: 100%; max-width: 46rem; height: auto; font: 13px system-ui, "DejaVu Sans", sans-serif; }
svg text { fill: var(--text); } svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .mark { stroke: var(--mark); fill: var(--mark); stroke-width: 2.5; }
"""
_LEFT, _RIGHT, _ROW, _WIDTH = 200, 130, 30, 740


class Point(NamedTuple):
    """A line of the picture."""

    name: str
    mean: float | None
    low: float | None
    high: float | None


def as_html(report: Report) -> str:
    """The whole page."""
    parts = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="soft">{escape(words.MEASURE[report.kind])}; {escape(words.counted(report))}</p>',
    ]
    systems = [Point(row.system, row.mean, row.low, row.high) for row in report.systems]
    values = KINDS[report.kind].values
    limits = (min(values), max(values))
    if words.is_paired(report):
        pairs = [Point(f"{row.a} over {row.b}", row.mean, row.low, row.high) for row in report.pairs]
        parts += ["<h2>Preferences</h2>", _picture(pairs, limits)]
        parts += ["<h2>One scale</h2>", _picture(systems, _spread(systems))]
    else:
        parts += ["<h2>Systems</h2>", _picture(systems, limits)]
    parts += [_table(*system_rows(report)), "<h2>Pairs</h2>", _table(*pair_rows(report))]
    parts += ["<h2>Raters</h2>", _table(*rater_rows(report)), "<h2>How these figures came about</h2><ul>"]
    parts += [f"<li>{escape(line)}</li>" for line in words.methods(report)] + ["</ul>"]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head><body>"
    )
    return head + "\n".join(parts) + "\n</body></html>\n"


def _spread(points: Sequence[Point]) -> tuple[float, float]:
    """Limits that hold every interval."""
    ends = [end for point in points for end in point[1:] if end is not None]
    return (math.floor(min(ends)), math.ceil(max(ends))) if ends else (-1.0, 1.0)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` to `high`, at most seven."""
    step = next((s for s in (0.25, 0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 6), (high - low) / 5)
    return [low + step * k for k in range(int((high - low) / step + 1e-9) + 1)]


def _picture(points: Sequence[Point], limits: tuple[float, float]) -> str:
    """Means as dots, intervals as lines, in the order given."""
    low, high = limits
    bottom = 10 + _ROW * len(points)

    def x(value: float) -> str:
        return f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * (value - low) / (high - low):.1f}"

    drawn = []
    for tick in _ticks(low, high):
        drawn.append(f'<line class="grid" x1="{x(tick)}" x2="{x(tick)}" y1="5" y2="{bottom}"/>')
        drawn.append(
            f'<text class="soft" x="{x(tick)}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>'
        )
    for place, point in enumerate(points):
        y = 10 + _ROW * (place + 0.5)
        drawn.append(f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(point.name)}</text>')
        if point.mean is None:
            continue
        if point.low is not None and point.high is not None:
            left, right = (x(min(max(end, low), high)) for end in (point.low, point.high))
            drawn.append(f'<line class="mark" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')
        drawn.append(f'<circle class="mark" cx="{x(point.mean)}" cy="{y}" r="4.5"/>')
        told = words.estimate(point)
        drawn.append(f'<text class="soft" x="{_WIDTH}" y="{y + 4}" text-anchor="end">{told}</text>')
    said = escape("; ".join(f"{point.name} {words.estimate(point)}" for point in points))
    box = f"0 0 {_WIDTH} {bottom + 26}"
    return f'<svg viewBox="{box}" role="img" aria-label="{said}">' + "".join(drawn) + "</svg>"


def _table(headings: Sequence[str], rows: list[list[str]]) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    return (
        f'<div class="wide"><table><thead>{line(headings, "th")}</thead><tbody>\n{body}</tbody></table></div>'
    )
