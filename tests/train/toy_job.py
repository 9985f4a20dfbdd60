"""A training of a second: a small network on made-up utterances of uneven length, for tests of the runner.

    torchrun --nproc-per-node 2 tests/train/toy_job.py RUNS '{"steps": 6}'

Its loss is a mean over real frames, as the acoustic model's is; each process prints nothing and process 0
writes the loss of each step to RUNS/losses-WORLD.json.
"""

import json
import os
import signal
import sys
from pathlib import Path

import lightning
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from itoaudio.data.config import CorpusConfig
from itoaudio.train.config import DistributedConfig, LoopConfig, OptimiserConfig, Run
from itoaudio.train.job import Job, mean_over_processes
from itoaudio.train.module import Module
from itoaudio.train.run import fit

ROWS, WIDTH = 8, 4


class Utterances(Dataset):
    """Batches of ROWS rows (x (B, F, WIDTH), real (B, F)); row r of step s is a function of (s, r)."""

    def __init__(self, steps, *, poison=None):
        self.steps, self.poison = steps, poison

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        return self.share(step, 0, 1)

    def share(self, step, share, shares):
        rows = range(share, ROWS, shares)
        drawn = [np.random.default_rng([step, row]) for row in rows]
        frames = [int(generator.integers(2, 12)) for generator in drawn]
        x = np.zeros((len(rows), max(frames), WIDTH), np.float32)
        real = np.zeros(x.shape[:2], np.float32)
        for place, (row, generator) in enumerate(zip(rows, drawn)):
            x[place, : frames[place]] = generator.standard_normal((frames[place], WIDTH))
            real[place, : frames[place]] = 1
            if (step, row) == self.poison:
                x[place, 0, 0] = np.nan
        return {"x": x, "real": real, "audio": x[..., 0]}

    def ids(self, step):
        return [f"utterance-{step}-{row}" for row in range(ROWS)]


class Toy(Module):
    """Predict the noise in x plus noise."""

    def __init__(self, run):
        super().__init__(run)
        torch.manual_seed(0)
        self.networks = torch.nn.Sequential(
            torch.nn.Linear(WIDTH, 16), torch.nn.Tanh(), torch.nn.Linear(16, WIDTH)
        )

    def error(self, batch):
        x, real = batch["x"], batch["real"]
        level = self.noise_levels(len(x)).to(x.device).view(-1, 1, 1)
        noise = self.noise_like(x[:, 0]).unsqueeze(1)
        error = (self.networks(x + level * noise) - noise).square().mean(-1)
        return error, real, level.flatten()

    def training_step(self, batch, index):
        error, real, _ = self.error(batch)
        loss = (error * real).sum() / mean_over_processes(real.sum())
        self.log("train/loss", loss, on_step=True)
        return loss

    def validation_step(self, batch, index):
        error, real, level = self.error(batch)
        self.log("validation/loss", (error * real).sum() / mean_over_processes(real.sum()))
        self.log_by_level("validation", (error * real).sum(1) / real.sum(1), level)


class Losses(lightning.Callback):
    """The logged loss of each step; kill: (rank, step) at which a process kills itself; end: the step in
    whose midst SIGTERM comes, or minus the step in the midst of whose validation it does."""

    def __init__(self, kill=None, stop=None, end=None):
        self.found, self.kill, self.stop, self.end = {}, kill, stop, end

    def on_train_batch_start(self, trainer, module, *_):
        if self.end == trainer.global_step + 1:
            os.kill(os.getpid(), signal.SIGTERM)

    def on_validation_batch_start(self, trainer, module, *_):
        if self.end == -trainer.global_step:
            os.kill(os.getpid(), signal.SIGTERM)

    def on_train_batch_end(self, trainer, module, *_):
        step = trainer.global_step
        self.found[step] = float(trainer.logged_metrics["train/loss"])
        if self.kill == [trainer.global_rank, step]:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.stop == step:
            raise OSError("stopped by the test")


def run(steps=6, *, minutes=0.0, **distributed):
    return Run(
        name="toy",
        corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="none"),
        optimiser=OptimiserConfig(steps=steps, rate=1e-2, warm_up_steps=1, average_decay=0.5),
        loop=LoopConfig(
            precision="32-true",
            validate_every_steps=4,
            validation_batches=2,
            checkpoint_every_minutes=minutes,
            log_every_steps=1,
        ),
        distributed=DistributedConfig(timeout_seconds=120, **distributed),
    )


def train(runs, settings, *, poison=None, kill=None, stop=None, end=None, accelerator="cpu"):
    """Train the toy; answers (module, losses by step)."""
    module, losses = Toy(settings), Losses(kill, stop, end)
    module.configure_callbacks = lambda: [losses]
    data = [DataLoader(Utterances(n, poison=poison), batch_size=None) for n in (settings.optimiser.steps, 2)]
    fit(module, settings, tuple(data), runs=runs, accelerator=accelerator, threads=1)
    return module, losses.found


def main(runs, options):
    options = json.loads(options)
    kill, end = options.pop("kill", None), options.pop("end", None)
    _, found = train(Path(runs), run(**options), kill=kill, end=end)
    job = Job.here()
    if job.rank == 0:
        Path(runs, f"losses-{job.world}.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as error:
        sys.exit(f"error: {error}")
