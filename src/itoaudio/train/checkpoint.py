"""What a run leaves on the disk: its whole state to go on from, and averaged weights beside their config,
which export, refinement and other machines read."""

import time
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Checkpoint
from torch import Tensor, nn

from .averaging import Averaging, whole
from .config import Precision, Run, save_yaml
from .state import STATE, read_json
from .tensors import read_tensors, write_tensors

WEIGHTS = "weights.safetensors"
OLD_STATE = "last.ckpt"


class SaveConfig(lightning.Callback):
    """Write the config of `run` to `path` once the state it goes on from was taken over: a start that is
    refused leaves the config that the weights beside it are of."""

    def __init__(self, run: Run, path: Path) -> None:
        self.run, self.path = run, path

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        if trainer.is_global_zero:
            save_yaml(self.run, self.path)


class SaveState(Checkpoint):
    """Write the run's state every `minutes`, before a validation (after every `validate_every_steps`), at the
    end and when SIGTERM asks to end, as SLURM and docker do: always between two steps of the optimiser."""

    def __init__(self, folder: Path, *, minutes: float, validate_every_steps: int) -> None:
        self.folder, self.seconds, self.validate_every_steps = folder, 60 * minutes, validate_every_steps
        self.saved_at = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, *_: Any
    ) -> None:
        if accumulating(trainer):
            return
        step = trainer.global_step
        late = time.monotonic() - self.saved_at >= self.seconds
        last = step == trainer.max_steps
        # What ends a run in the midst of a validation, where nothing can be saved, then loses no step.
        due = late or last or step % self.validate_every_steps == 0 or trainer.received_sigterm
        if trainer.strategy.broadcast(due):  # one clock for all processes
            trainer.save_checkpoint(self.folder / STATE)
            self.saved_at = time.monotonic()


class SaveAverage(lightning.Callback):
    """Write the averaged networks into the run folder after each validation and at the last step, there
    before `SaveState` writes the state: a finished run has its weights, whenever it was killed."""

    def __init__(self, folder: Path, averaging: Averaging) -> None:
        self.folder, self.averaging = folder, averaging

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        with self.averaging.applied(module):
            self._save(trainer, module)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, *_: Any
    ) -> None:
        if trainer.global_step == trainer.max_steps:
            with self.averaging.applied(module):
                self._save(trainer, module)

    def _save(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        networks = module.networks
        assert isinstance(networks, nn.Module)
        tensors = {name: whole(tensor) for name, tensor in networks.state_dict().items()}
        if trainer.is_global_zero:
            _write_weights(tensors, self.folder, step=trainer.global_step)


def accumulating(trainer: lightning.Trainer) -> bool:
    """Whether some parts of a step are done, and not all: no state of a run is whole then."""
    return trainer.fit_loop.epoch_loop.batch_progress.current.ready % trainer.accumulate_grad_batches != 0


def saved_step(folder: Path) -> int | None:
    """The step that a run folder's state was saved at, or None when there is no state. ValueError for the
    pickles of older versions and for a damaged state."""
    if (folder / STATE).is_file():
        return int(read_json(folder / STATE)["step"])
    if (folder / OLD_STATE).is_file():
        raise ValueError(
            f"{folder / OLD_STATE}: a pickle of an older version, which is not read. To keep what was "
            f"learned, start a run of another name with `start: {folder}`; to begin anew, remove {OLD_STATE}"
        )
    return None


def saved_precision(folder: Path) -> Precision | None:
    """What a run folder's state was trained in, or None without a state or with an older one."""
    path = folder / STATE
    return read_json(path)["state"].get("precision") if path.is_file() else None


def save_weights(networks: nn.Module, folder: Path, *, step: int) -> None:
    """Half-precision weights of `networks` with the step and their digest, written aside and renamed."""
    _write_weights(networks.state_dict(), folder, step=step)


def _write_weights(tensors: dict[str, Tensor], folder: Path, *, step: int) -> None:
    halves = {name: tensor.to(torch.float16) for name, tensor in tensors.items()}
    write_tensors(halves, folder / WEIGHTS, metadata={"step": str(step)})


def load_weights(networks: nn.Module, folder: Path) -> None:
    """Read weights into `networks`. ValueError when they are damaged or of a network of another shape."""
    fill(networks, read_weights(folder), folder)


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Weights of a checkpoint folder in float32. ValueError when there are none, or damaged ones."""
    return {name: tensor.float() for name, tensor in read_tensors(weights_of(folder))[0].items()}


def weights_of(folder: Path) -> Path:
    """The file of a checkpoint folder's weights. ValueError when there is none."""
    path = folder / WEIGHTS
    if not path.is_file():
        raise ValueError(f"{path}: no such checkpoint; give a folder that holds {WEIGHTS}")
    return path


def fill(networks: nn.Module, weights: dict[str, Tensor], folder: Path) -> None:
    """`weights`, which came from `folder`, into `networks`. ValueError when they are of another shape."""
    path = folder / WEIGHTS
    try:
        networks.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(
            f"{path} does not fit the configured network: {str(error).splitlines()[1].strip()}"
        ) from None
