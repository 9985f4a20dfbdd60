"""The processes of one training: who this one is, as torchrun or SLURM says, and sums over all of them."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning.pytorch.plugins.environments import SLURMEnvironment
from torch import Tensor, distributed


@dataclass(frozen=True, kw_only=True)
class Job:
    """rank: of this process among `world`; local_rank: of it among the `local_world` of its machine; slurm:
    whether `srun` started it."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1
    slurm: bool = False

    @classmethod
    def here(cls) -> "Job":
        """As torchrun (its variables) or `srun` (SLURM's) started this process; alone otherwise."""
        if "TORCHELASTIC_RUN_ID" in os.environ:
            names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
            rank, world, local_rank, local_world = (int(os.environ[name]) for name in names)
            return cls(rank=rank, world=world, local_rank=local_rank, local_world=local_world)
        if not SLURMEnvironment.detect():
            return cls()
        given = ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID")
        rank, world, local_rank = (int(os.environ[name]) for name in given)
        each = max(1, world // int(os.environ.get("SLURM_NNODES", "1")))
        return cls(rank=rank, world=world, local_rank=local_rank, local_world=each, slurm=True)

    @property
    def nodes(self) -> int:
        """Machines, each with as many processes."""
        return self.world // self.local_world

    def wait_for(self, path: Path, *, seconds: float) -> None:
        """Until another process has made `path`. ValueError when that takes too long."""
        deadline = time.monotonic() + seconds
        while not path.exists():
            if time.monotonic() > deadline:
                raise ValueError(f"{path}: process {self.rank} waited {seconds:.0f} s for it in vain")
            time.sleep(0.2)


def mean_over_processes(value: Tensor) -> Tensor:
    """Mean of `value` over all processes of the training; `value` itself when there is but one.

    DDP averages gradients over processes. A loss that divides its own sum by the mean of all processes'
    counts is so the exact mean over the global batch, however unevenly real frames fall.
    """
    if not (distributed.is_available() and distributed.is_initialized()) or distributed.get_world_size() == 1:
        return value
    total = value.detach().clone().to(torch.float32)
    distributed.all_reduce(total)
    return total / distributed.get_world_size()
