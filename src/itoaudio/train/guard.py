"""When a loss or gradient is no number: stop before the weights are, and say at which step and recordings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed

from itoaudio.whole import write_whole

from .state import STATE
from .tensors import write_tensors


class NotFinite(ValueError):
    """A loss or gradient that is NaN or infinite; the message names step, recordings and the saved state."""


def processes_with(bad: Tensor) -> list[int]:
    """Ranks at which `bad` (scalar bool) holds; every process gets the same answer."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return [0] if bool(bad) else []
    flags = [torch.zeros(1, device=bad.device) for _ in range(distributed.get_world_size())]
    distributed.all_gather(flags, bad.float().reshape(1))
    return [rank for rank, flag in enumerate(flags) if bool(flag)]


def folder_of(run_folder: Path, step: int) -> Path:
    """Where the state of a failure at `step` is kept."""
    return run_folder / f"failure-{step}"


@dataclass(frozen=True)
class Failure:
    """What is known of a step that failed. ids: the recordings of its batch."""

    run: str
    step: int
    loss: float
    gradient_norm: float
    ids: tuple[str, ...]

    def save(self, folder: Path) -> None:
        """As JSON beside the saved state."""
        known = {**asdict(self), "loss": str(self.loss), "gradient_norm": str(self.gradient_norm)}
        write_whole(folder / "failure.json", json.dumps(known, indent=1))

    def message(self, folder: Path) -> str:
        """For the one who started the run."""
        more = f" and {len(self.ids) - 8} more" if len(self.ids) > 8 else ""
        return (
            f"run {self.run}: loss {self.loss:g} with gradient norm {self.gradient_norm:g} at step "
            f"{self.step}, batch of {', '.join(self.ids[:8])}{more}. The weights of before that step are in "
            f"{folder / STATE}, the batch beside them; mend these recordings or lower `optimiser: rate`"
        )


def culprit(parts: Sequence[tuple[Any, Tensor]]) -> Any:
    """Of the (batch, loss) of a step's parts the first batch whose loss is no number, else the last."""
    return next((batch for batch, loss in parts if not loss.isfinite()), parts[-1][0])


def save_batch(batch: Any, folder: Path, *, rank: int) -> None:
    """The tensors of a batch (mapping or named tuple) as this process saw them."""
    fields = batch if isinstance(batch, Mapping) else batch._asdict()
    tensors = {name: value for name, value in fields.items() if isinstance(value, Tensor)}
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(tensors, folder / f"batch-{rank}.safetensors", metadata={})
