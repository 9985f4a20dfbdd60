"""Averaged weights as safetensors beside their config: what export, refinement and other machines read."""

import os
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import WeightAveraging
from safetensors.torch import load_file, save_file
from torch import nn

WEIGHTS = "weights.safetensors"


class SaveAverage(lightning.Callback):
    """Write the averaged networks into the run folder after each validation and at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._save(trainer)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._save(trainer)

    def _save(self, trainer: lightning.Trainer) -> None:
        averaging = next(c for c in _callbacks(trainer) if isinstance(c, WeightAveraging))
        if averaging._average_model is not None:
            networks = averaging._average_model.module.networks
            assert isinstance(networks, nn.Module)
            save_weights(networks, self.folder, step=trainer.global_step)


def _callbacks(trainer: lightning.Trainer) -> list[lightning.Callback]:
    return trainer.callbacks  # type: ignore[attr-defined]


def save_weights(networks: nn.Module, folder: Path, *, step: int) -> None:
    """Half-precision weights of `networks` with the step, written aside and renamed."""
    tensors = {
        name: tensor.detach().to(torch.float16).contiguous() for name, tensor in networks.state_dict().items()
    }
    aside = folder / f"{WEIGHTS}.part"
    save_file(tensors, aside, metadata={"step": str(step)})
    os.replace(aside, folder / WEIGHTS)


def load_weights(networks: nn.Module, folder: Path) -> None:
    """Read weights into `networks`. ValueError when they belong to a network of another shape."""
    path = folder / WEIGHTS
    if not path.is_file():
        raise ValueError(f"{path}: no such checkpoint; give a folder that holds {WEIGHTS}")
    tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
    try:
        networks.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(
            f"{path} does not fit the configured network: {str(error).splitlines()[1].strip()}"
        ) from None
