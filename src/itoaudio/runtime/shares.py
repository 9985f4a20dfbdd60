"""The frames of one call of a network, shared among threads.

Frame networks see a known number of frames to either side. So each thread may run the whole network on a
stretch and what it sees around it, and the answers are those of one call: threads meet once a call, where
sharing every operator would make them meet at each of hundreds, which costs more than it gives.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

ALIGNMENT = 8  # stretches begin at its multiples, for networks that stack neighbouring frames
LEAST_GAIN = 0.9  # of the frames: sharing must make the longest stretch shorter than this
LEAST_SEEN = 80  # frames: for fewer, onnxruntime convolves by another method, which rounds otherwise


Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Share:
    """The frames [start, stop) that a thread answers for, and [first, last) that its network has to see."""

    first: int
    start: int
    stop: int
    last: int

    @property
    def seen(self) -> slice:
        """Of all frames."""
        return slice(self.first, self.last)

    @property
    def inside(self) -> slice:
        """Of the frames seen, those that it answers for."""
        return slice(self.start - self.first, self.stop - self.first)


class Threads:
    """`count` threads, the caller's among them; the others start when there is something to share."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._gather()

    def map(self, answer: Callable[[Share], Answer], shares: Sequence[Share]) -> list[Answer]:
        """The answer of each share, in order."""
        if self._process != os.getpid():
            self._gather()
        waiting = [self._others.submit(answer, share) for share in shares[1:]]
        return [answer(shares[0]), *(future.result() for future in waiting)]

    def _gather(self) -> None:
        """The others, of this process: a child that was forked has none of its parent's."""
        self._others = ThreadPoolExecutor(max(1, self.count - 1), thread_name_prefix="itoaudio")
        self._process = os.getpid()


def shared(frames: int, reach: int, threads: int) -> list[Share]:
    """Shares for at most `threads`, as many as make the longest shortest; one if that gains too little."""
    ways = [_split(frames, reach, count) for count in range(1, threads + 1)]
    worth = [way for way in ways if LEAST_SEEN <= _longest(way) <= LEAST_GAIN * frames]
    return min(worth, key=_longest, default=ways[0])


def _split(frames: int, reach: int, count: int) -> list[Share]:
    """As even as alignment allows, the outer ones longer, as they see less beyond."""
    around = -(-reach // ALIGNMENT) * ALIGNMENT
    each = (frames + 2 * around * (count - 1)) / count  # frames seen by a thread, if all see as many
    edges = [0]
    for place in range(1, count):
        edge = place * each - around * (2 * place - 1)
        edges.append(min(max(round(edge / ALIGNMENT) * ALIGNMENT, edges[-1]), frames))
    edges.append(frames)
    return [
        Share(max(start - around, 0), start, stop, min(stop + around, frames))
        for start, stop in pairwise(edges)
        if stop > start
    ]


def _longest(shares: list[Share]) -> int:
    return max(share.last - share.first for share in shares)
