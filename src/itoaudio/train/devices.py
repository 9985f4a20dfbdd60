"""What a training runs on: accelerator, precision that it has, and how its processes divide the work."""

import logging
import math
import shutil
import time
from datetime import timedelta
from functools import cache
from typing import Any, Literal, get_args

import torch
from lightning.pytorch.plugins.environments import SLURMEnvironment
from lightning.pytorch.strategies import DDPStrategy, Strategy
from torch import nn

from .config import Precision, Run
from .job import Job

log = logging.getLogger(__name__)

Accelerator = Literal["auto", "cpu", "cuda", "mps"]
ACCELERATORS: tuple[str, ...] = get_args(Accelerator)
PASSES = 24  # the first ones choose kernels and find memory
GAIN = 0.1  # of a step's time


def found(accelerator: str) -> str:
    """`cpu`, `cuda` or `mps` for what was asked; `auto` is cuda where there is one, else cpu. ValueError for
    a device that this machine lacks."""
    if accelerator not in ACCELERATORS:
        raise ValueError(f"accelerator {accelerator!r} is unknown: use one of {', '.join(ACCELERATORS)}")
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if accelerator == "auto":
        return "cuda" if here["cuda"] else "cpu"
    if not here[accelerator]:
        raise ValueError(
            f"accelerator {accelerator!r}: torch {torch.__version__} finds no such device here; it has "
            f"{', '.join(name for name, there in here.items() if there)}"
        )
    return accelerator


def precision(run: Run, accelerator: str, *, processes: int = 1, begun: Precision | None = None) -> Precision:
    """The configured one, or 32-true where the device has no bfloat16. `auto` is what the run has `begun` in;
    for a new one what this CPU does faster, bfloat16 on a GPU and where several processes must agree."""
    asked = run.loop.precision
    if asked == "auto" and begun is not None:
        asked = begun
    if asked == "auto":
        asked = faster_precision()[0] if accelerator == "cpu" and processes == 1 else "bf16-mixed"
    lacks = accelerator == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
    if asked == "bf16-mixed" and lacks:
        log.warning("this GPU has no bfloat16: run %s goes on in 32-true", run.name)
        return "32-true"
    return asked


@cache
def faster_precision() -> tuple[Precision, float]:
    """What this CPU trains faster in, and its time as a share of the other's, from two seconds of a block as
    the networks have: bfloat16 nearly halves it on some CPUs and adds a third to it on others, that have
    instructions for it as well. A gain below GAIN is not worth bfloat16's rounding.
    """
    with torch.random.fork_rng(devices=[]):  # whether it was measured must not show in what a run draws
        block = nn.Sequential(nn.Linear(256, 1024), nn.GELU(), nn.Linear(1024, 256))
    x = torch.linspace(-1.0, 1.0, 2048 * 256).view(2048, 256)
    took = {True: math.inf, False: math.inf}
    for _ in range(PASSES):  # in turn, and the best: what else the machine does only makes one slower
        for half in took:
            began = time.perf_counter()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                loss = block(x).square().mean()
            loss.backward()
            took[half] = min(took[half], time.perf_counter() - began)
    share = took[True] / took[False]
    chosen: tuple[Precision, float] = ("bf16-mixed", share) if share < 1 - GAIN else ("32-true", 1 / share)
    log.info("precision: %s, %.2f of the time that the other takes here", *chosen)
    return chosen


def compiled(networks: torch.nn.Module, run: Run, accelerator: str) -> None:
    """Let torch compile each part of `networks` at its first call, where the config asks for it and the
    device has a compiler."""
    if not run.distributed.compile:
        return
    compiler = any(shutil.which(name) for name in ("g++", "clang++"))
    if accelerator == "mps" or (accelerator == "cpu" and not compiler):
        log.warning("run %s is not compiled: %s has no compiler here", run.name, accelerator)
        return
    for part in networks.children():
        part.compile()


def strategy(run: Run, job: Job) -> Strategy | str:
    """How weights and gradients are shared among the processes of a job."""
    settings = run.distributed
    if settings.strategy == "fsdp":
        from .sharded import ShardedStrategy

        return ShardedStrategy(world=job.world, timeout_seconds=settings.timeout_seconds)
    if job.world == 1:
        return "auto"
    # Parts of the acoustic model rest at first; buffers are made from sums over all processes.
    return DDPStrategy(
        timeout=timedelta(seconds=settings.timeout_seconds),
        find_unused_parameters=True,
        broadcast_buffers=False,
    )


def plugins(job: Job) -> list[Any]:
    """Of the cluster: SLURM's environment without Lightning's own requeueing, which would save pickles."""
    return [SLURMEnvironment(auto_requeue=False)] if job.slurm else []
