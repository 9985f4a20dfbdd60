"""The running average of the weights, a^ <- d a^ + (1 - d) a after each step: what validation hears and
export reads. Lightning's own keeps a deep copy of the module, which sharded weights do not have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.distributed.tensor import DTensor, distribute_tensor

KEY = "average"


class Averaging(lightning.Callback):
    """Follows the parameters of `module.networks`; buffers are shared with the networks themselves."""

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.average: dict[str, Tensor] = {}
        self.step = 0
        self._loaded: dict[str, Any] | None = None

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        weights = _weights(module)
        self.average = {name: local(weight).detach().clone() for name, weight in weights.items()}
        if self._loaded is not None:
            self.step = self._loaded["step"]
            for name, weight in weights.items():
                self.average[name].copy_(local(like(self._loaded["weights"][name], weight)))
            self._loaded = None

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, *_: Any
    ) -> None:
        if trainer.global_step == self.step:  # in the midst of accumulating gradients
            return
        now = [local(weight).detach() for weight in _weights(module).values()]
        share = 1.0 if self.step == 0 else 1 - self.decay
        torch._foreach_lerp_(list(self.average.values()), now, share)
        self.step = trainer.global_step

    def on_validation_epoch_start(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        self._swap(module)

    def on_validation_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._swap(module)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """The module that is left is the averaged one."""
        self._swap(module)
        self.average = {}

    def on_save_checkpoint(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        with self.applied(module):
            kept = {name: whole(weight).detach().clone() for name, weight in _weights(module).items()}
        checkpoint[KEY] = {"step": self.step, "weights": kept}

    def on_load_checkpoint(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        self._loaded = checkpoint[KEY]

    @contextmanager
    def applied(self, module: lightning.LightningModule) -> Iterator[None]:
        """The averaged weights in the place of the module's own, for a while."""
        self._swap(module)
        try:
            yield
        finally:
            self._swap(module)

    @torch.no_grad()
    def _swap(self, module: lightning.LightningModule) -> None:
        for name, weight in _weights(module).items():
            if name in self.average:
                kept = self.average[name].clone()
                self.average[name].copy_(local(weight))
                local(weight).copy_(kept)


def _weights(module: lightning.LightningModule) -> dict[str, Tensor]:
    networks = module.networks
    assert isinstance(networks, torch.nn.Module)
    return dict(networks.named_parameters())


def local(weight: Tensor) -> Tensor:
    """The part of a weight that this process holds: all of it unless it is sharded."""
    return weight.to_local() if isinstance(weight, DTensor) else weight


def whole(weight: Tensor) -> Tensor:
    """The whole of a weight, gathered from all processes if it is sharded."""
    return weight.full_tensor() if isinstance(weight, DTensor) else weight


def like(value: Tensor, weight: Tensor) -> Tensor:
    """`value`, a whole weight, sharded as `weight` is."""
    if isinstance(weight, DTensor):
        return distribute_tensor(value.to(weight.device), weight.device_mesh, weight.placements)
    return value
