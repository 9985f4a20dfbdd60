"""Pictures of a corpus as SVG text: histograms and waves, in the colours of the page around them."""

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT, BASE = 320, 120, 96


def histogram(values: Sequence[float], title: str, unit: str, *, limit: float | None = None) -> str:
    """Bars of 32 equal ranges, all but the farthest values; limit: where a check begins to complain."""
    if not values:
        return ""
    array = np.asarray(values, dtype=np.float64)
    low, high = (float(edge) for edge in np.quantile(array, [0.005, 0.995]))
    if limit is not None and low - 0.3 * (high - low) < limit < high + 0.3 * (high - low):
        low, high = min(low, limit), max(high, limit)
    high = high if high > low else low + 1.0
    counts, _ = np.histogram(np.clip(array, low, high), bins=32, range=(low, high))
    step, tallest = WIDTH / len(counts), max(int(counts.max()), 1)
    bars = "".join(
        f'<rect x="{place * step:.1f}" y="{BASE - 80 * count / tallest:.1f}" width="{step - 1:.1f}"'
        f' height="{80 * count / tallest:.1f}"/>'
        for place, count in enumerate(counts)
        if count
    )
    mark = ""
    if limit is not None and low <= limit <= high:
        x = WIDTH * (limit - low) / (high - low)
        mark = f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{BASE}"/>'
    middle = float(np.median(array))
    labels = "".join(
        f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}">{value:.3g}</text>'
        for x, anchor, value in ((0, "start", low), (WIDTH, "end", high))
    )
    name = f"{title}: median {middle:.3g} {unit}"
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)}">{bars}{mark}'
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>{labels}</svg>'
        f"<figcaption>{escape(name)}</figcaption></figure>"
    )


def wave(envelope: Sequence[float], *, at: float | None = None) -> str:
    """The wave's peaks, full scale being the picture's height; at: a place to point to, as a share of it."""
    if not envelope:
        return ""
    count = len(envelope)
    lines = "".join(
        f"M{place + 0.5},{20 - 19 * min(value, 1.0):.1f}V{20 + 19 * min(value, 1.0):.1f}"
        for place, value in enumerate(envelope)
    )
    mark = ""
    if at is not None:
        mark = f'<line class="limit" x1="{at * count:.1f}" x2="{at * count:.1f}" y1="0" y2="40"/>'
    return (
        f'<svg class="wave" viewBox="0 0 {count} 40" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{lines}"/>{mark}</svg>'
    )
