"""The runner: one run folder, one Trainer. A second start of the same run goes on where the first was stopped."""

import logging
from datetime import timedelta
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.data import DataLoader

from .checkpoint import SaveAverage
from .config import Run, save_yaml
from .module import Module

log = logging.getLogger(__name__)


def fit(module: Module, run: Run, loaders: tuple[DataLoader, DataLoader], *, runs: Path, threads: int = 0) -> Path:
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
    resumed = str(last) if last.is_file() else None
    log.info("run %s: %s", run.name, "goes on" if resumed else "starts")
    trainer.fit(module, *loaders, ckpt_path=resumed, weights_only=False)
    return folder


def _callbacks(run: Run, folder: Path) -> list[lightning.Callback]:
    every = timedelta(minutes=run.loop.checkpoint_every_minutes)
    return [
        EMAWeightAveraging(decay=run.optimiser.average_decay, use_buffers=False),
        ModelCheckpoint(folder, filename="last", train_time_interval=every, save_on_train_epoch_end=False, enable_version_counter=False),
        SaveAverage(folder),
    ]
