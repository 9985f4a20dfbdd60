"""The runner: one run folder, one Trainer. A second start of the same run goes on where the first was
stopped."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.data import DataLoader, Sampler

from .checkpoint import SaveAverage
from .config import Run, save_yaml
from .module import Module

log = logging.getLogger(__name__)


def fit(
    module: Module, run: Run, loaders: tuple[DataLoader, DataLoader], *, runs: Path, threads: int = 0
) -> Path:
    """Train until run.optimiser.steps; answers the run folder with config.yaml, curves and checkpoints."""
    if threads:
        torch.set_num_threads(threads)
    folder = runs / run.name
    folder.mkdir(parents=True, exist_ok=True)
    save_yaml(run, folder / "config.yaml")
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_steps=run.optimiser.steps,
        max_epochs=-1,
        precision=run.loop.precision,
        gradient_clip_val=run.optimiser.clip_norm,
        val_check_interval=min(run.loop.validate_every_steps, run.optimiser.steps),
        check_val_every_n_epoch=None,
        log_every_n_steps=run.loop.log_every_steps,
        num_sanity_val_steps=0,
        logger=TensorBoardLogger(runs, name=run.name, version="log"),
        callbacks=_callbacks(run, folder),
        enable_model_summary=False,
    )
    last = folder / "last.ckpt"
    train, validation = loaders
    if last.is_file():
        step = torch.load(last, map_location="cpu", weights_only=False, mmap=True)["global_step"]
        log.info("run %s goes on from step %d", run.name, step)
        train = DataLoader(train.dataset, batch_size=None, sampler=_Steps(step, len(train)))
    trainer.fit(
        module, train, validation, ckpt_path=str(last) if last.is_file() else None, weights_only=False
    )
    return folder


class _Steps(Sampler[int]):
    """Steps of a run from `first` on. Its length is the whole run's: Lightning counts the steps before
    as seen."""

    def __init__(self, first: int, steps: int) -> None:
        self.first, self.steps = first, steps

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.steps))

    def __len__(self) -> int:
        return self.steps


def _callbacks(run: Run, folder: Path) -> list[lightning.Callback]:
    every = timedelta(minutes=run.loop.checkpoint_every_minutes)
    return [
        EMAWeightAveraging(decay=run.optimiser.average_decay, use_buffers=False),
        ModelCheckpoint(
            folder,
            filename="last",
            train_time_interval=every,
            save_on_train_epoch_end=False,
            enable_version_counter=False,
        ),
        SaveAverage(folder),
    ]
