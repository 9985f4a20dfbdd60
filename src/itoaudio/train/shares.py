"""A share of each global batch: for one of several processes, and for gradients that are accumulated.

The config states the global batch. Processes and accumulation only divide it, so they change the speed and
the memory of a run and not what it learns; a run may go on with another number of either.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from torch.utils.data import DataLoader, Dataset, Sampler


class Batches(Protocol):
    """What can be shared: item `step` is the whole batch of that step."""

    def __len__(self) -> int: ...

    def share(self, step: int, share: int, shares: int) -> Any:
        """Rows share, share + shares, ... of the batch of `step`."""

    def ids(self, step: int) -> list[str]:
        """Names of the recordings in the rows of the batch of `step`."""


class Shares(Dataset[Any]):
    """Item step * parts + part is what process `rank` of `world` sees of the batch of `step`."""

    def __init__(self, batches: Any, *, rank: int = 0, world: int = 1, parts: int = 1) -> None:
        self.batches, self.rank, self.world, self.parts = batches, rank, world, parts
        if self.shares > 1 and not hasattr(batches, "share"):
            raise ValueError(
                f"{type(batches).__name__} cannot be shared among {world} processes in {parts} parts: train "
                "it with one process and `accumulate: 1`"
            )

    @property
    def shares(self) -> int:
        """Into how many shares a batch is dealt."""
        return self.world * self.parts

    def __len__(self) -> int:
        return len(self.batches) * self.parts

    def __getitem__(self, item: int) -> Any:
        step, part = divmod(item, self.parts)
        if self.shares == 1:
            return self.batches[step]
        return self.batches.share(step, part * self.world + self.rank, self.shares)

    def ids(self, step: int, rank: int) -> list[str]:
        """Names of the recordings that process `rank` sees in the batch of `step`."""
        if not hasattr(self.batches, "ids"):
            return [f"unknown recordings (batch {step} of process {rank})"]
        names = self.batches.ids(step)
        own = {part * self.world + rank for part in range(self.parts)}
        return [name for row, name in enumerate(names) if row % self.shares in own]


class Rest(Sampler[int]):
    """Items of a run from `first` on. Its length is the whole run's: Lightning counts those before as
    seen."""

    def __init__(self, first: int, items: int) -> None:
        self.first, self.items = first, items

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.items))

    def __len__(self) -> int:
        return self.items


def shared(loader: DataLoader, share: Shares, *, first: int = 0, workers: int = 0) -> DataLoader:
    """A loader of a process' share of `loader`'s batches, from item `first` on."""
    return DataLoader(
        share,
        batch_size=None,
        sampler=Rest(first, len(share)),
        collate_fn=loader.collate_fn,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
