"""The paper's ablations at our size: which SDE for waves and mels, how many decoders, which sampler.

    python benchmarks/ablations.py --json FILE --picture FILE
    python benchmarks/ablations.py --only "wave whitened"      (every arm whose name holds these words)

Small networks of our own training modules, trained shortly and alike (same seed: same first weights, batches
and noise), and the shipped exact score networks for what concerns sampling alone. Judged are samples for
held-out utterances: spectral energy distance of sounds, energy distance of mels (both proper scoring rules:
what is beyond the truth's own distance is error), log-mel L1. Each arm's figures are kept in --folder, so an
interrupted call goes on.
"""

import json
import os
import time
from dataclasses import asdict
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import click
import msgspec
import torch

from ablations_arms import Arm, arms
from ablations_clips import Clips
from ablations_drawing import draw, train
from ablations_mels import Mels
from ablations_report import picture, tables
from ablations_tasks import Sizes, Task, sigma_max
from ablations_waves import Waves
from itoaudio.sde import SDES, LinearSDE
from itoaudio.train.checkpoint import WEIGHTS
from itoaudio.train.config import Run, SDEConfig

OF_SAMPLES = ("frames", "items", "draws")  # the sizes that a shipped network's figures depend on
QUICK = Sizes(steps=2, trainings=2, batch=4, frames=24, items=2, draws=2, width=16)


class Bench:
    """The tasks, made when first asked for, and the folder of kept figures."""

    def __init__(self, sizes: Sizes, folder: Path, cache: Path, checkpoints: dict[str, Path]) -> None:
        self.sizes, self.folder, self.cache, self.checkpoints = sizes, folder, cache, checkpoints
        self.task = lru_cache(maxsize=None)(self._task)
        self.batches = lru_cache(maxsize=1)(lambda *place: self.task(*place[:-1]).batches(place[-1]))
        self.largest = lru_cache(maxsize=None)(lambda *place: sigma_max(self.task(*place)))

    def _task(self, name: str, coordinates: str, pulse: bool = True) -> Task:
        place = (self.checkpoints[name], self.cache, self.sizes)
        if name == "clip":
            return Clips(*place)
        if name == "wave":
            return Waves(*place, plain=coordinates == "plain", pulse=pulse)
        return Mels(*place, plain=coordinates == "plain")

    def parameters(self, arm: Arm) -> dict[str, float]:
        """Of the arm's family."""
        if arm.family != "ve":
            return {}
        if arm.task == "clip":
            return dict(self.task(*arm.place).run.sde.parameters)
        return {"sigma_min": 1e-3, "sigma_max": self.largest(arm.task, arm.coordinates)}

    def kept(self, arm: Arm) -> dict[str, Any]:
        """The arm's figures, from the folder or by work."""
        weights = blake2b((self.checkpoints[arm.task] / WEIGHTS).read_bytes(), digest_size=5).hexdigest()
        asked = asdict(arm) | {"question": ""}  # two questions may ask for one arm
        sizes = asdict(self.sizes) if arm.decoders else {n: getattr(self.sizes, n) for n in OF_SAMPLES}
        settings = {"arm": asked, "sizes": sizes, "weights": weights}
        digest = blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=5).hexdigest()
        file = self.folder / f"{arm.name.replace(' ', '-')}-{arm.seed}-{digest}.json"
        if not file.is_file():
            found = settings | self.measured(arm)
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = file.with_suffix(".part")
            aside.write_text(json.dumps(found), encoding="utf-8")
            os.replace(aside, file)
        return json.loads(file.read_text(encoding="utf-8"))

    def measured(self, arm: Arm) -> dict[str, Any]:
        """{values: {way: {metric: [draws][items]}}, parameters, cpu_seconds}."""
        begun, task = time.process_time(), self.task(*arm.place)
        config = SDEConfig(family=arm.family, parameters=self.parameters(arm), clock="time")
        sde: LinearSDE = SDES[arm.family](**config.parameters)
        module = task.whole
        if arm.decoders:
            torch.manual_seed(arm.seed)
            module = task.module(config, decoders=arm.decoders, shared=arm.shared, width=arm.width)
            batches = self.batches(*arm.place, arm.seed)
            train(module, lambda batch: task.loss(module, batch), batches, seed=arm.seed)
            if arm.refined:
                module.run_config = refined(module.run_config)
                train(module, lambda batch: task.refine_loss(module, batch), batches, seed=arm.seed)
        values = {}
        with torch.no_grad():
            denoiser, shape, finish = task.bound(module, sde)
            for way in arm.ways:
                judged = task.judge(finish(draw(denoiser, shape, way, seed=1)))
                values[way.name] = {metric: found.tolist() for metric, found in judged.items()}
        spent = time.process_time() - begun
        return {"values": values, "parameters": config.parameters, "cpu_seconds": spent}


def refined(run: Run) -> Run:
    """The end game's pace: a fifth of the rate, and the betas of `configs/vocoder_few.yaml`."""
    slower = msgspec.structs.replace(run.optimiser, rate=run.optimiser.rate / 5, betas=(0.8, 0.99))
    return msgspec.structs.replace(run, optimiser=slower)


@click.command()
@click.option("--only", default="", help="Run arms whose question or name holds these words.")
@click.option("--quick", is_flag=True, help="A smoke test, not a measurement.")
@click.option("--json", "output", type=click.Path(path_type=Path), help="Write all figures here.")
@click.option("--picture", "drawn", type=click.Path(path_type=Path), help="Draw them here (.png).")
@click.option("--folder", type=click.Path(path_type=Path), default="ablations", show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default="cache", show_default=True)
@click.option("--vocoder", type=click.Path(path_type=Path), default="checkpoints/vocoder", show_default=True)
@click.option(
    "--acoustic", type=click.Path(path_type=Path), default="checkpoints/acoustic", show_default=True
)
@click.option(
    "--waveform", type=click.Path(path_type=Path), default="checkpoints/waveform", show_default=True
)
def main(
    only: str,
    quick: bool,
    output: Path | None,
    drawn: Path | None,
    folder: Path,
    cache: Path,
    vocoder: Path,
    acoustic: Path,
    waveform: Path,
) -> None:
    """Run what is not kept yet, and print a table for each question."""
    torch.set_num_threads(1)
    sizes = QUICK if quick else Sizes()
    bench = Bench(sizes, folder, cache, {"wave": vocoder, "mel": acoustic, "clip": waveform})
    chosen = [arm for arm in arms(sizes.trainings, quick=quick) if only in f"{arm.question} {arm.name}"]
    if not chosen:
        names = sorted({f"{arm.question} {arm.name}" for arm in arms(sizes.trainings, quick=quick)})
        raise click.BadParameter(f"no arm's name holds {only!r}: {'; '.join(names)}", param_hint="--only")
    results = []
    for arm in chosen:
        found = bench.kept(arm)
        click.echo(f"{arm.question}: {arm.name}, seed {arm.seed}: {found['cpu_seconds']:.0f} s", err=True)
        results.append({"question": arm.question, "name": arm.name, "seed": arm.seed} | found)
    summary = tables(results)
    click.echo(summary.text)
    if output is not None:
        output.write_text(json.dumps({"tables": summary.rows, "arms": results}, indent=1), encoding="utf-8")
    if drawn is not None:
        picture(results, drawn)


if __name__ == "__main__":
    main()
