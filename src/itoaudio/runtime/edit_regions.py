"""Where an edit touches a recording, in frames, and which parts of it are drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itoaudio.runtime.edit_text import Change

FREE_FRAMES = 2  # at either side of a change, where one phone turns into the next


@dataclass(frozen=True)
class Region:
    """Frames [old_start, old_stop) of the recording that give way to [start, stop) of the answer."""

    old_start: int
    old_stop: int
    start: int
    stop: int


def regions(changes: Sequence[Change], old: np.ndarray, new: np.ndarray, *, gap: float) -> list[Region]:
    """Changes in frames of symbols, old (S,) and new (S',); those at most `gap` frames apart are one."""
    old_ends, new_ends = (np.concatenate([[0], np.cumsum(frames)]) for frames in (old, new))
    found: list[Region] = []
    for change in changes:
        starts = int(old_ends[change.old_start]), int(new_ends[change.new_start])
        stops = int(old_ends[change.old_stop]), int(new_ends[change.new_stop])
        if found and starts[0] - found[-1].old_stop <= gap:
            starts = found[-1].old_start, found[-1].start
            found.pop()
        found.append(Region(starts[0], stops[0], starts[1], stops[1]))
    return found


def kept(changes: Sequence[Change], source: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Frames (F',) of the answer whose mel is the recording's: all with a source but those near a change."""
    stays = source >= 0
    ends = np.concatenate([[0], np.cumsum(new)])
    for change in changes:
        first, last = ends[change.new_start] - FREE_FRAMES, ends[change.new_stop] + FREE_FRAMES
        stays[max(first, 0) : last] = False
    return stays


def groups(found: Sequence[Region], *, context: int, frames: int) -> list[tuple[slice, list[Region]]]:
    """Regions that hear one another, with the window of the answer's frames in which they are drawn."""
    together: list[list[Region]] = []
    for region in found:
        if together and region.start - together[-1][-1].stop <= context:
            together[-1].append(region)
        else:
            together.append([region])
    return [
        (slice(max(part[0].start - context, 0), min(part[-1].stop + context, frames)), part)
        for part in together
    ]
