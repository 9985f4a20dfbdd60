"""Reproducible noise: a function of (seed, draw, absolute frame), so batch, chunks and length do not matter.

Philox (Salmon et al. 2011) is a counter-based generator: each block of frames has a stream of its own, so a
chunk that starts at frame 5000 draws the same numbers as an utterance that passes it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array

Draw = Callable[[], Array]
"""Standard normal noise in the state's shape, fresh at every call."""

BLOCK_FRAMES = 32


@dataclass
class FrameNoise:
    """Standard normal draws of shape (1, channels, frames); each call is the next draw of the same seed.

    first_frame: absolute index of the first frame, in frames.
    """

    seed: int
    channels: int
    frames: int
    first_frame: int = 0
    draws: int = 0

    def __post_init__(self) -> None:
        if self.seed < 0 or self.first_frame < 0 or self.frames < 1 or self.channels < 1:
            raise ValueError(f"need seed, first_frame >= 0 and frames, channels >= 1, got {self}")

    def __call__(self) -> np.ndarray:
        first = self.first_frame // BLOCK_FRAMES
        last = (self.first_frame + self.frames - 1) // BLOCK_FRAMES
        blocks = [self._block(index) for index in range(first, last + 1)]
        self.draws += 1
        start = self.first_frame - first * BLOCK_FRAMES
        return np.concatenate(blocks, axis=0)[start : start + self.frames].T[None]

    def _block(self, index: int) -> np.ndarray:
        # The top word of Philox' counter is ours; the generator itself advances the lowest one.
        generator = np.random.Generator(np.random.Philox(key=self.seed, counter=[0, 0, self.draws, index]))
        return generator.standard_normal((BLOCK_FRAMES, self.channels), dtype=np.float32)


def fitting(noise: Draw | None, x: Array) -> Draw:
    """`noise`, with a ValueError for a draw whose shape is not x's, and for None when it is asked."""

    def draw() -> Array:
        if noise is None:
            raise ValueError("noise = None, and this predictor or corrector draws noise")
        z = noise()
        if z.shape != x.shape:
            raise ValueError(f"noise() of shape {tuple(z.shape)} does not fit x of shape {tuple(x.shape)}")
        return z

    return draw
