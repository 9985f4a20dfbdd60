"""New sound into old: where the two meet they are brought in phase, to one level, and faded into each other.

All lengths in samples; what is outside a piece and its margins is copied, bit for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SILENT = 1e-4  # RMS of full scale: what is below says nothing about a level
MOST_GAIN = 2.0


@dataclass(frozen=True, eq=False)
class Piece:
    """old[old_start:old_stop] gives way to sound[start:stop]; around it, `sound` (L,) copies old."""

    old_start: int
    old_stop: int
    sound: np.ndarray
    start: int
    stop: int


@dataclass(frozen=True)
class Span:
    """Samples [old_start, old_stop) of the recording became [start, stop) of the answer: margins included."""

    old_start: int
    old_stop: int
    start: int
    stop: int


def splice(
    old: np.ndarray, pieces: Sequence[Piece], *, margin: int, shift: int, context: int
) -> tuple[np.ndarray, list[Span]]:
    """`old` (N,) with `pieces`, which stand in order and at least two margins apart.

    margin: of each fade; shift: how far a piece may move at each end to be in phase; context: on either side,
    over which levels are compared.
    """
    parts, spans, done, length = [], [], 0, 0
    for piece in pieces:
        left = min(margin, piece.old_start - done, piece.start)
        right = min(margin, len(old) - piece.old_stop, len(piece.sound) - piece.stop)
        sound = piece.sound * _gains(old, piece, context)
        begin, end = piece.old_start - left, piece.old_stop + right
        first = _in_phase(old[begin : piece.old_start], sound, piece.start - left, -shift, shift)
        least = first + left - piece.stop  # a piece is never shorter than its two fades
        last = _in_phase(old[piece.old_stop : end], sound, piece.stop, max(-shift, least), shift)
        body = sound[first : last + right].copy()
        body[:left] = _faded(old[begin : piece.old_start], body[:left])
        body[len(body) - right :] = _faded(old[piece.old_stop : end][::-1], body[len(body) - right :][::-1])[
            ::-1
        ]
        parts += [old[done:begin], body]
        length += begin - done + len(body)
        spans.append(Span(begin, end, length - len(body), length))
        done = end
    return np.concatenate([*parts, old[done:]]), spans


def _in_phase(old: np.ndarray, sound: np.ndarray, place: int, least: int, most: int) -> int:
    """The start near `place` from which `sound` is most like `old` (n,): greatest normalised correlation."""
    low, high = max(place + least, 0), min(place + most, len(sound) - len(old))
    if len(old) == 0 or high <= low:
        return int(np.clip(place, low, max(low, high)))
    near = sound[low : high + len(old)].astype(np.float64)
    power = np.convolve(near**2, np.ones(len(old)), "valid")
    likeness = np.correlate(near, old.astype(np.float64), "valid") / np.sqrt(power + 1e-12)
    if likeness.max() <= 0:
        return place
    return low + int(likeness.argmax())


def _faded(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """From `old` (n,) to `new`, with the power of the two between however like they are."""
    rise = (np.arange(len(old)) + 0.5) / max(len(old), 1)
    likeness = float(old @ new) / (np.sqrt(float(old @ old) * float(new @ new)) + 1e-12)
    size = np.sqrt((1 - rise) ** 2 + rise**2 + 2 * max(likeness, 0.0) * rise * (1 - rise))
    faded: np.ndarray = (((1 - rise) * old + rise * new) / size).astype(np.float32)
    return faded


def _gains(old: np.ndarray, piece: Piece, context: int) -> np.ndarray:
    """Gain of each sample of `piece.sound`: brings its copies of what is around the piece to old's level."""
    before = min(context, piece.old_start, piece.start)
    after = min(context, len(old) - piece.old_stop, len(piece.sound) - piece.stop)
    ends = [
        _gain(
            old[piece.old_start - before : piece.old_start], piece.sound[piece.start - before : piece.start]
        ),
        _gain(old[piece.old_stop : piece.old_stop + after], piece.sound[piece.stop : piece.stop + after]),
    ]
    known = [gain for gain in ends if gain is not None] or [1.0]
    first, last = (known[0] if gain is None else gain for gain in ends)
    places = [piece.start, max(piece.stop, piece.start + 1)]
    gains = np.exp(np.interp(np.arange(len(piece.sound)), places, np.log([first, last])))
    return gains.astype(np.float32)


def _gain(old: np.ndarray, copy: np.ndarray) -> float | None:
    """What brings `copy` to the level of `old`; None where one of them is silent."""
    if len(old) == 0:
        return None
    levels = [float(np.sqrt(np.mean(part.astype(np.float64) ** 2))) for part in (old, copy)]
    return float(np.clip(levels[0] / levels[1], 1 / MOST_GAIN, MOST_GAIN)) if min(levels) > SILENT else None
