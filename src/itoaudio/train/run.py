"""The runner: one run folder, one Trainer in each process. A second start of the same run goes on where the
first was stopped, be it with another number of processes."""

import logging
import signal
import warnings
from pathlib import Path

import lightning
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch import distributed
from torch.utils.data import DataLoader

from . import devices
from .averaging import Averaging
from .checkpoint import SaveAverage, SaveConfig, SaveState, accumulating, saved_precision, saved_step
from .config import Run
from .job import Job
from .module import Module
from .progress import ProgressLine
from .resume import CONFIG, check
from .shares import Shares, shared
from .state import STATE, StateIO

log = logging.getLogger(__name__)
LOST = ("Connection closed by peer", "Connection reset by peer", "Timed out waiting", "Broken pipe", "NCCL")
"""What gloo and nccl say when another process has gone."""


def fit(
    module: Module,
    run: Run,
    loaders: tuple[DataLoader, DataLoader],
    *,
    runs: Path,
    threads: int = 0,
    accelerator: str = "auto",
) -> Path:
    """Train until run.optimiser.steps; answers the run folder with config.yaml, curves and checkpoints.

    ValueError for a state that does not fit, is damaged or was made by another config, a device that is not
    here, a loss that is no number (`guard.NotFinite`), and another process of the job that is lost. SIGTERM
    ends the process with 143 once its step is saved.
    """
    if threads:
        torch.set_num_threads(threads)
    job, folder, kind = Job.here(), runs / run.name, devices.found(accelerator)
    step = saved_step(folder)
    check(run, folder)
    if job.rank == 0:
        folder.mkdir(parents=True, exist_ok=True)
    if step is not None:
        log.info("run %s goes on from step %d", run.name, step)
    devices.compiled(module.networks, run, kind)
    module.folder = folder
    parts = run.distributed.accumulate
    train, validation = loaders
    _hush()
    trainer = _trainer(run, job, folder, kind)
    # Lightning does not know that a step is a function of its number, and that `shared` starts at it.
    warnings.filterwarnings("ignore", ".*dataloader is not resumable.*")
    own = Shares(train.dataset, rank=job.rank, world=job.world, parts=parts)
    held_out = Shares(validation.dataset, rank=job.rank, world=job.world)
    try:
        trainer.fit(
            module,
            shared(train, own, first=(step or 0) * parts, workers=run.loop.workers),
            shared(validation, held_out),
            ckpt_path=None if step is None else str(folder / STATE),
        )
    except Exception as error:
        raise _explained(error, run, job, folder) from error
    except SIGTERMException:
        log.warning("run %s: terminated; the same command %s", run.name, _then(folder))
        raise SystemExit(128 + signal.SIGTERM) from None
    except SystemExit as ended:
        if trainer.interrupted and ended.code == 1:  # Lightning's answer to an interrupt
            raise KeyboardInterrupt from None
        raise
    finally:
        if distributed.is_available() and distributed.is_initialized():
            distributed.destroy_process_group()
    return folder


def _hush() -> None:
    """Lightning's advertisements, and its own calls of what torch has deprecated, are no news to a user."""
    warnings.filterwarnings("ignore", ".*LeafSpec.*")
    for part in ("utilities.rank_zero", "trainer.connectors.checkpoint_connector"):
        logging.getLogger(f"lightning.pytorch.{part}").setLevel(logging.WARNING)


class _Trainer(lightning.Trainer):
    """SIGTERM waits for the end of a step: Lightning ends after any part of one."""

    @property
    def received_sigterm(self) -> bool:
        return super().received_sigterm and not accumulating(self)


def _trainer(run: Run, job: Job, folder: Path, kind: str) -> lightning.Trainer:
    parts, loop = run.distributed.accumulate, run.loop
    return _Trainer(
        accelerator=kind,
        devices=job.local_world,
        num_nodes=job.nodes,
        strategy=devices.strategy(run, job),
        plugins=[StateIO(), *devices.plugins(job)],
        max_steps=run.optimiser.steps,
        max_epochs=-1,
        precision=devices.precision(  # type: ignore[arg-type]
            run, kind, processes=job.world, begun=saved_precision(folder)
        ),
        accumulate_grad_batches=parts,
        val_check_interval=min(loop.validate_every_steps, run.optimiser.steps) * parts,
        check_val_every_n_epoch=None,
        log_every_n_steps=loop.log_every_steps,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        logger=TensorBoardLogger(folder.parent, name=run.name, version="log"),
        callbacks=[
            averaging := Averaging(run.optimiser.average_decay),
            SaveConfig(run, folder / CONFIG),
            SaveAverage(folder, averaging),
            SaveState(
                folder,
                minutes=loop.checkpoint_every_minutes,
                validate_every_steps=loop.validate_every_steps,
            ),
            ProgressLine(run.name, run.corpus.mel),
        ],
        enable_model_summary=False,
    )


def _explained(error: Exception, run: Run, job: Job, folder: Path) -> Exception:
    """`error` as one that a person can act on, or itself."""
    text = str(error)
    if isinstance(error, RuntimeError) and "loading state_dict" in text:
        first = text.splitlines()[1].strip() if "\n" in text else text
        return ValueError(
            f"{folder / STATE} does not fit the configured network ({first}): give this run another name"
        )
    if job.world > 1 and not isinstance(error, (ValueError, OSError)) and any(word in text for word in LOST):
        return ValueError(
            f"run {run.name}: process {job.rank} of {job.world} lost another process; its own message says "
            f"why. The same command {_then(folder)}, with this or another number of processes"
        )
    return error


def _then(folder: Path) -> str:
    """What the same command does after a run has ended early."""
    step = saved_step(folder)
    return "begins anew, nothing was saved yet" if step is None else f"goes on from step {step}"
