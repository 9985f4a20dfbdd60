"""The energy distance of one or two samples to what they should be, for any distance of two things.

Gritsenko et al. 2020 (arXiv 2008.01160): d(x, y) + d(x, y') - d(y, y'). With all of the repulsion it is a
proper scoring rule; without, it asks for what is nearest to all x of one condition, as the losses of HiFi-GAN
(arXiv 2010.05646) do, and needs one sample only.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def copies(repulsion: float) -> int:
    """Samples that `energy_score` needs of each condition."""
    return 2 if repulsion else 1


def energy_score(
    distance: Callable[[T, T], Tensor], target: T, samples: Sequence[T], *, repulsion: float
) -> Tensor:
    """Twice the samples' mean distance to the target, minus `repulsion` times that of the two: a scalar."""
    attraction = 2 * torch.stack([distance(target, sample) for sample in samples]).mean()
    return attraction - repulsion * distance(*samples) if repulsion else attraction
