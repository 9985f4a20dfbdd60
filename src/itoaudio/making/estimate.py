"""How long a voice will take: some seconds of each stage, measured here and now."""

import time
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import torch

from itoaudio.making.plan import KINDS
from itoaudio.making.settings import Steps
from itoaudio.train.acoustic import AcousticRun
from itoaudio.train.config import Run
from itoaudio.train.devices import found, precision
from itoaudio.train.start import RECIPES, module_of
from itoaudio.train.vocoder import VocoderRun

WARM_UP_STEPS = 2  # caches fill, kernels are chosen
OVERHEAD = 1.1  # validation, averaging, saving: a tenth, as `ito train` shows beside the bare steps


def seconds_a_step(stage: str, run: Run, cache: Path, *, seconds: float, accelerator: str = "cpu") -> float:
    """Mean time of a training step of `run` on a device, from at most about `seconds` of them. Nothing is
    kept."""
    device = torch.device(found(accelerator))
    run = _as_later(run)
    recipe = import_module(RECIPES[KINDS[stage]], "itoaudio.train")
    torch.manual_seed(0)
    module: Any = module_of(KINDS[stage], run, cache)  # its log is another here
    module.log = _silent
    module.to(device)
    optimiser = module.configure_optimizers()["optimizer"]
    half = precision(run, device.type) == "bf16-mixed"
    began, steps = 0.0, 0
    for step, batch in enumerate(recipe.loaders(run, cache)[0]):
        if step == WARM_UP_STEPS:
            began = time.monotonic()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            loss = module.training_step(module.transfer_batch_to_device(batch, device, 0), step)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()  # waits for a device that works on its own
        steps = step + 1 - WARM_UP_STEPS
        if steps > 0 and time.monotonic() - began >= seconds:
            break
    if steps < 1:
        raise ValueError(f"run {run.name}: {run.optimiser.steps} steps are too few to be measured")
    return OVERHEAD * (time.monotonic() - began) / steps


def _as_later(run: Run) -> Run:
    """A run that from its first step on does what most steps do: decoders learn, discriminators are heard."""
    replace = msgspec.structs.replace
    if isinstance(run, AcousticRun):
        run = replace(run, schedule=replace(run.schedule, decoder_start=0))
    if isinstance(run, AcousticRun | VocoderRun) and run.refine and run.refine.adversarial:
        heard = replace(run.refine.adversarial, start_step=-1, ramp_steps=1)
        run = replace(run, refine=replace(run.refine, adversarial=heard))
    return run


def total_seconds(each: dict[str, float], steps: Steps) -> dict[str, float]:
    """Stage -> seconds of all its steps."""
    counts = msgspec.structs.asdict(steps)
    return {stage: one * counts[stage] for stage, one in each.items()}


def scaled(steps: Steps, share: float) -> Steps:
    """All stages shorter or longer by the same factor; what is left out stays so."""
    counts = {
        stage: count and max(20, round(count * share))
        for stage, count in msgspec.structs.asdict(steps).items()
    }
    return Steps(**counts)


def _silent(*_: Any, **__: Any) -> None:
    """In place of the module's log: no trainer listens."""
