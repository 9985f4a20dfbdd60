"""Scales, marks and frames of charts."""

import math
from collections.abc import Callable, Sequence
from html import escape

Scale = Callable[[float], float]
"""From a value to its place on the picture."""


def axis(
    values: Sequence[float],
    span: tuple[float, float],
    *,
    logarithmic: bool = False,
    most: int = 5,
    base: int = 10,
) -> tuple[Scale, list[float]]:
    """(value -> place in `span`, round values to mark) for `values`, at least one of them."""
    low, high = min(values), max(values)
    if logarithmic:
        low, high = max(low, 1e-6), max(high, 1e-6)
        first, last = math.log(low), max(math.log(high), math.log(low) + math.log(1.5))
        powers = range(math.floor(first / math.log(base)) - 1, math.ceil(last / math.log(base)) + 2)
        steps = (1.0,) if base == 2 else (1.0, 2.0, 5.0)
        marks = [step * float(base) ** power for power in powers for step in steps]
        marks = [mark for mark in marks if low * 0.999 <= mark <= math.exp(last) * 1.001]
        if len(marks) > most and base == 10:
            marks = [mark for mark in marks if math.log10(mark) % 1 < 1e-9] or marks[:1]

        def place(value: float) -> float:
            return (math.log(max(value, 1e-6)) - first) / (last - first)

    else:
        if high - low < 1e-9:
            low, high = low - 0.5, high + 0.5
        step = _round_step((high - low) / most)
        marks = [
            index * step for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
        ]
        start, length = low, high - low

        def place(value: float) -> float:
            return (value - start) / length

    return (lambda value: span[0] + (span[1] - span[0]) * place(value)), [
        float(f"{mark:.6g}") for mark in marks
    ]


def spread(places: Sequence[float], least: float) -> list[float]:
    """Rising `places` moved apart to at least `least`, downwards only."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + least) if moved else place)
    return moved


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough * 0.999)


def frame(
    x: Scale,
    x_ticks: Sequence[float],
    y: Scale,
    y_ticks: Sequence[float],
    box: tuple[int, int, int, int],
    form: str,
) -> list[str]:
    left, right, top, bottom = box
    parts = []
    for tick in x_ticks:
        at = x(tick)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{bottom}"/>')
        text = escape(form.format(tick))
        parts.append(f'<text class="soft" text-anchor="middle" x="{at:.1f}" y="{bottom + 18}">{text}</text>')
    for tick in y_ticks:
        at = y(tick)
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="soft" text-anchor="end" x="{left - 8}" y="{at + 4:.1f}">{tick:g}</text>')
    return parts


def svg(width: int, height: int, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}"'
        f' style="min-width:{min(width, 720)}px">{"".join(parts)}</svg>'
    )


def bar(x: tuple[float, float], y: tuple[float, float]) -> str:
    """An interval."""
    return f'<line class="range" x1="{x[0]:.1f}" x2="{x[1]:.1f}" y1="{y[0]:.1f}" y2="{y[1]:.1f}"/>'
