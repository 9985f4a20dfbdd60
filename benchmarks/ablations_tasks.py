"""What the ablations ask of a task, be it waves or mels: data, small networks, samples, a judge of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from torch import Tensor

from itoaudio.networks.waveform import largest_distance
from itoaudio.sde import Denoiser, LinearSDE
from itoaudio.train.config import OptimiserConfig, SDEConfig

Finish = Callable[[Tensor], Tensor]
RULE_BATCHES, RULE_CROPS = 8, 12  # whose largest distance is VE's sigma_max


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """steps: of each training; trainings: seeds of it; batch: its crops; width: of the small networks;
    frames: of all crops; items, draws: held-out crops, and samples of each."""

    steps: int = 500
    trainings: int = 3
    batch: int = 8
    width: int = 192
    frames: int = 40
    items: int = 8
    draws: int = 3

    @property
    def optimiser(self) -> OptimiserConfig:
        """Warm-up of a tenth, then a cosine to nearly nothing; the average is over some 50 steps."""
        return OptimiserConfig(
            steps=self.steps, rate=4e-3, warm_up_steps=max(1, self.steps // 10), average_decay=0.98
        )


class Task(Protocol):
    """whole: the shipped module; held_out: the batch that is judged."""

    sizes: Sizes
    whole: Any
    held_out: Any

    def crops(self, part: str, size: int, seed: int, count: int = 1) -> list[Any]:
        """`count` batches of `size` crops of a part of the corpus."""

    def batches(self, seed: int) -> list[Any]:
        """The batches of a training, the same for all arms of a seed."""

    def module(self, sde: SDEConfig, *, decoders: int, shared: bool, width: int) -> Any:
        """A small network, untrained; width: 0 for that of `sizes`."""

    def loss(self, module: Any, batch: Any) -> Tensor:
        """The denoising error."""

    def refine_loss(self, module: Any, batch: Any) -> Tensor:
        """The energy distance of the unrolled sampler: of tasks with arms that are refined."""

    def states(self, batches: list[Any]) -> Tensor:
        """(C, D): what the SDE runs on."""

    def bound(self, module: Any, sde: LinearSDE) -> tuple[Denoiser, tuple[int, ...], Finish]:
        """Denoiser of `draws` samples of each held-out crop, their shape, and what `judge` wants of them."""

    def judge(self, drawn: Tensor) -> dict[str, np.ndarray]:
        """Metrics by name, lower is better, (draws, items) each."""


def energies(target: Any, made: list[Any], apart: Any, items: int) -> np.ndarray:
    """d(x, y) + d(x, y') - d(y, y'), y' the next draw after y, (draws, items), as `train.vocoder_refine`."""
    count = len(made)
    to_target = np.array([[apart(target, y, item) for item in range(items)] for y in made])
    between = [[apart(y, made[(i + 1) % count], item) for item in range(items)] for i, y in enumerate(made)]
    return to_target + np.roll(to_target, -1, axis=0) - np.array(between)


def sigma_max(task: Task) -> float:
    """Song & Ermon 2020's rule, on the crops of this task: a whole number."""
    short = task.crops("train", RULE_CROPS, 0, RULE_BATCHES)
    return float(np.ceil(largest_distance(task.states(short))))
