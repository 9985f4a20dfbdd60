"""Randomness of training as a function of (seed, step, row of the global batch, number of the draw).

So a resumed run draws what an unbroken one would, any number of processes draws what one would, and a GPU
draws what a CPU would: numbers are made on the host.
"""

import numpy as np
import torch
from torch import Tensor


class Draws:
    """Draws of one step. Of the global batch's rows, share `share` of `shares` holds every shares-th."""

    def __init__(self, *key: int, share: int = 0, shares: int = 1) -> None:
        self.key, self.share, self.shares = key, share, shares
        self._drawn = 0

    def rows(self, count: int) -> range:
        """Places in the global batch of this share's `count` rows."""
        return range(self.share, self.share + self.shares * count, self.shares)

    def normal_like(self, values: Tensor) -> Tensor:
        """Standard normal draws of the shape (B, ...), type and device of `values`."""
        noise = np.empty(values.shape, np.float32)
        for row, generator in zip(noise, self._generators(len(values))):
            generator.standard_normal(out=row, dtype=np.float32)
        return torch.from_numpy(noise).to(values)

    def uniform(self, count: int, device: torch.device | str = "cpu") -> Tensor:
        """(B,) draws from [0, 1)."""
        drawn = [generator.random(dtype=np.float32) for generator in self._generators(count)]
        return torch.tensor(np.array(drawn, np.float32), device=device)

    def levels(self, count: int, device: torch.device | str = "cpu") -> Tensor:
        """(B,) noise levels in (0, 1), one in each of the global batch's equal strata: lower variance than
        free draws."""
        rows = torch.tensor(list(self.rows(count)), dtype=torch.float32, device=device)
        return (rows + self.uniform(count, device)) / (count * self.shares) * (1 - 2e-4) + 1e-4

    def _generators(self, count: int) -> list[np.random.Generator]:
        self._drawn += 1
        return [np.random.default_rng([*self.key, row, self._drawn]) for row in self.rows(count)]
