"""FSDP: each process keeps a part of the weights and of the optimiser's state, and gathers a layer's when it
is its turn (Zhao et al. 2023, arXiv 2304.11277; torch's `fully_shard`). States are saved whole, so that any
number of processes, sharded or not, may go on from them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import torch
from lightning.pytorch.strategies import ModelParallelStrategy
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.fsdp import fully_shard
from torch.distributed.fsdp import register_fsdp_forward_method as gathers_for

WHOLE = StateDictOptions(full_state_dict=True)
WHOLE_ON_HOST = StateDictOptions(full_state_dict=True, cpu_offload=True)
METHODS = ("encode", "predict")
"""What is called of a network beside its `forward`."""


def shard(networks: torch.nn.Module, mesh: Any) -> None:
    """Shard each part of `networks` over `mesh`. ValueError for weights that lie outside of its parts."""
    if loose := [name for name, _ in networks.named_parameters(recurse=False)]:
        raise ValueError(f"{type(networks).__name__} keeps {', '.join(loose)} outside of its parts: use ddp")
    for part in networks.children():
        if any(True for _ in part.parameters()):
            # Always back to shards, or the average would meet whole weights after a validation.
            fully_shard(part, mesh=mesh, reshard_after_forward=True)
            for method in METHODS:
                if hasattr(part, method):
                    gathers_for(part, method)


class ShardedStrategy(ModelParallelStrategy):
    """Lightning's strategy, with states read and written by our own `StateIO` in place of pickles."""

    def __init__(self, *, world: int, timeout_seconds: float) -> None:
        super().__init__(
            data_parallel_size=world,
            tensor_parallel_size=1,
            save_distributed_checkpoint=False,
            timeout=timedelta(seconds=timeout_seconds),
        )

    def load_checkpoint(self, checkpoint_path: Any, weights_only: bool | None = None) -> dict[str, Any]:
        """The whole state, in every process."""
        return self.checkpoint_io.load_checkpoint(checkpoint_path)

    def load_model_state_dict(self, checkpoint: Mapping[str, Any], strict: bool = True) -> None:
        assert self.model is not None
        set_model_state_dict(self.model, dict(checkpoint["state_dict"]), options=WHOLE)

    @property
    def lightning_restore_optimizer(self) -> bool:
        return True

    def optimizer_state(self, optimizer: Any) -> dict[str, Any]:
        """Whole, with weights numbered in the order of the groups, as one of whole weights has it."""
        assert self.model is not None
        inner = getattr(optimizer, "_optimizer", optimizer)
        named = get_optimizer_state_dict(self.model, inner, options=WHOLE_ON_HOST)
        order = {name: number for number, name in enumerate(self._names(inner))}
        return renamed(named, order) if named else {}

    def load_optimizer_state_dict(self, checkpoint: Mapping[str, Any]) -> None:
        assert self.model is not None
        for optimiser, state in zip(self.optimizers, checkpoint["optimizer_states"]):
            named = renamed(state, dict(enumerate(self._names(optimiser))))
            set_optimizer_state_dict(self.model, optimiser, named, options=WHOLE)

    def _names(self, optimiser: torch.optim.Optimizer) -> list[str]:
        """Of the optimiser's weights, in the order of its groups."""
        assert self.model is not None
        known = {id(weight): name for name, weight in self.model.named_parameters()}
        return [known[id(weight)] for group in optimiser.param_groups for weight in group["params"]]


def renamed(state: Mapping[str, Any], names: Mapping[Any, Any]) -> dict[str, Any]:
    """An optimiser's state with other names for its weights."""
    groups = [{**group, "params": [names[old] for old in group["params"]]} for group in state["param_groups"]]
    return {"state": {names[old]: held for old, held in state["state"].items()}, "param_groups": groups}
