"""How fast models learn: audio-seconds of batch per second, and peak memory, on batches of the same length.

    .venv-rivals/bin/pip install --no-deps -r constraints-rivals-training.txt
    python benchmarks/training.py --rivals .venv-rivals/bin/python --threads 2 --processes 1 --processes 2

Ours are whole training steps of the shipped configs through `train.run.fit`, with its loop, average and logs;
Matcha-TTS's is its decoder's own loss, DiffWave's its learner's own `train_step`, both without any loop, with
random weights in float32 as they ship. Batches are made up; each system is a process of its own. `cpu` is
processor time, which other work on the machine disturbs least.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parents[1]
HOP, RATE, FRAMES = 256, 22050, 64
WARM_UP = 2
GOALS = {"matcha": ("acoustic", 3.0), "diffwave": ("vocoder", 30.0)}
OURS = ("vocoder", "acoustic")


@click.command()
@click.option("--rivals", metavar="PYTHON", help="Of the environment that has matcha-tts and diffwave.")
@click.option("--rival", multiple=True, default=list(GOALS), show_default=True, help="DiffWave eats memory.")
@click.option("--crops", default=4, show_default=True, help=f"Of {FRAMES} frames in each batch.")
@click.option("--steps", default=8, show_default=True, help=f"Measured, after {WARM_UP} to warm up.")
@click.option("--threads", default=2, show_default=True)
@click.option("--processes", multiple=True, type=int, help="Also the scaling table, as 1 2 4.")
@click.option("--accelerator", default="cpu", show_default=True)
@click.option("--worker", hidden=True)
def main(
    rivals: str | None,
    rival: tuple[str, ...],
    crops: int,
    steps: int,
    threads: int,
    processes: tuple[int, ...],
    accelerator: str,
    worker: str | None,
) -> None:
    """Print the tables."""
    if worker is not None:
        train(worker, crops, steps, threads, accelerator)
        return
    asked = [str(crops), str(steps), str(threads)]
    measured = {kind: ours(kind, crops, steps, threads, accelerator) for kind in OURS}
    if rivals is not None:
        script = str(Path(__file__).with_name("training_rivals.py"))
        for name in rival:
            measured[name] = answer([rivals, script, name, *asked])
    seconds = crops * FRAMES * HOP / RATE
    click.echo(
        f"batch of {crops} x {FRAMES} frames = {seconds:.2f} s of audio; {threads} threads, {accelerator}"
    )
    columns = ("M weights", 10), ("s / step", 10), ("cpu / step", 11), ("audio-s / s", 13), ("peak MB", 9)
    click.echo(f"{'training step of':26}" + "".join(f"{name:>{width}}" for name, width in columns))
    for found in measured.values():
        speed = seconds / found["step_seconds"]
        row = f"{found['what']:26}{found['weights'] / 1e6:10.2f}{found['step_seconds']:10.3f}"
        row += f"{found['step_cpu_seconds']:11.3f}{speed:13.2f}"
        click.echo(f"{row}{found['peak_mb']:9.0f}")
    for name, (own, goal) in GOALS.items():
        if name in measured:
            wall, cpu = (
                measured[name][unit] / measured[own][unit] for unit in ("step_seconds", "step_cpu_seconds")
            )
            click.echo(f"{own} is {wall:.1f} times as fast as {name}, {cpu:.1f} by cpu (goal {goal:g})")
    if processes:
        scaling(processes, crops * max(processes), steps, accelerator)


def scaling(processes: tuple[int, ...], crops: int, steps: int, accelerator: str) -> None:
    """The same global batch over more and more processes of one thread each."""
    click.echo(f"\n{'processes':>9}{'vocoder audio-s / s':>21}{'share of perfect':>18}")
    first: float | None = None
    for count in processes:
        found = ours("vocoder", crops, steps, 1, accelerator, processes=count)
        speed = crops * FRAMES * HOP / RATE / found["step_seconds"]
        first = first or speed / count
        click.echo(f"{count:9}{speed:21.2f}{speed / count / first:18.2f}")


def ours(
    kind: str, crops: int, steps: int, threads: int, accelerator: str, *, processes: int = 1
) -> dict[str, Any]:
    """One of our models in fresh processes."""
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    options = ["--worker", kind, "--crops", crops, "--steps", steps, "--threads", threads]
    command = [sys.executable, *(several if processes > 1 else []), __file__, *options]
    return answer([str(word) for word in [*command, "--accelerator", accelerator]])


def answer(command: list[str]) -> dict[str, Any]:
    """The last line of a command's output, as JSON."""
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise click.ClickException(f"{' '.join(command[:4])} failed:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])


def train(kind: str, crops: int, steps: int, threads: int, accelerator: str) -> None:
    """In a worker: train a made-up corpus and print what a step took."""
    import warnings

    import msgspec
    import torch
    from torch.utils.data import DataLoader

    from itoaudio.train.run import fit

    warnings.filterwarnings("ignore")
    made, batches = (vocoder if kind == "vocoder" else acoustic)(crops, steps)
    loop = msgspec.structs.replace(made.run_config.loop, checkpoint_every_minutes=1e9)
    optimiser = msgspec.structs.replace(made.run_config.optimiser, steps=WARM_UP + steps + 1)
    run = msgspec.structs.replace(made.run_config, loop=loop, optimiser=optimiser)
    made.configure_callbacks = lambda: [clock(made, kind, steps)]
    loader = DataLoader(batches, batch_size=None)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        fit(made, run, (loader, loader), runs=Path(folder), threads=threads, accelerator=accelerator)


def clock(made: Any, kind: str, steps: int) -> Any:
    """Times whole steps, from end to end; prints and leaves after the last."""
    import os
    import time

    import lightning

    class Clock(lightning.Callback):
        ends: tuple[tuple[float, float], ...] = ()

        def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
            self.ends += ((time.perf_counter(), time.process_time()),)
            if len(self.ends) <= WARM_UP + steps:
                return
            wall, cpu = (
                statistics.median(b - a for a, b in zip(clock[WARM_UP - 1 :], clock[WARM_UP:]))
                for clock in zip(*self.ends)
            )
            if trainer.is_global_zero:
                found = {
                    "what": f"itoaudio {kind}",
                    "weights": sum(weight.numel() for weight in made.networks.parameters()),
                    "step_seconds": wall,
                    "step_cpu_seconds": cpu,
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                }
                print("\n" + json.dumps(found), flush=True)
            os._exit(0)  # neither validation nor teardown is part of a step

    return Clock()


def vocoder(crops: int, steps: int) -> tuple[Any, Any]:
    """The shipped vocoder with noise for sound."""
    import numpy as np

    from itoaudio.train.config import load_run
    from itoaudio.train.vocoder import VocoderModule, VocoderRun

    run = load_run(ROOT / "configs" / "vocoder.yaml", VocoderRun)
    assert isinstance(run, VocoderRun)

    def row(rng: np.random.Generator) -> dict[str, np.ndarray]:
        values = {
            "audio": 0.1 * rng.standard_normal(FRAMES * HOP),
            "mel": -5 + rng.standard_normal((80, FRAMES)),
            "log_f0": 5 + 0.1 * rng.standard_normal(FRAMES),
            "voicing": rng.uniform(size=FRAMES),
            "pulse": rng.standard_normal((run.network.spectrum_samples + 2, FRAMES)),
        }
        return {name: value.astype(np.float32) for name, value in values.items()}

    def stacked(rows: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    return VocoderModule(run), made_up(row, stacked, crops, steps)


def acoustic(crops: int, steps: int) -> tuple[Any, Any]:
    """The shipped acoustic model with all its parts at work, on utterances of twice 64 frames."""
    import msgspec
    import numpy as np

    from itoaudio.data.acoustic import Recording, collate, statistics
    from itoaudio.text.symbols import SymbolTable
    from itoaudio.train.acoustic import AcousticModule, AcousticRun, ScheduleConfig
    from itoaudio.train.config import load_run

    run = load_run(ROOT / "configs" / "acoustic.yaml", AcousticRun)
    assert isinstance(run, AcousticRun)
    batch = msgspec.structs.replace(run.batch, size=crops // 2, crop_frames=2 * FRAMES)
    run = msgspec.structs.replace(run, batch=batch, schedule=ScheduleConfig(decoder_start=0))
    table = SymbolTable(tuple(run.symbols))

    def row(rng: np.random.Generator) -> Recording:
        frames = 2 * FRAMES
        phonemes = "".join(rng.choice(list(run.symbols[2:]), frames // 8))
        mel = (-5 + rng.standard_normal((80, frames))).astype(np.float32)
        pitch = (5 + 0.1 * rng.standard_normal(frames)).astype(np.float32)
        return Recording(phonemes, mel, pitch, np.ones(frames, np.float32))

    module = AcousticModule(run)
    module.networks.set_statistics(statistics([row(np.random.default_rng(n)) for n in range(4)]))
    return module, made_up(row, lambda rows: collate(rows, table), crops // 2, steps)


def made_up(row: Any, stacked: Any, rows: int, steps: int) -> Any:
    """A dataset of `rows` rows a batch, which processes can share."""
    import numpy as np
    from torch.utils.data import Dataset

    class MadeUp(Dataset):
        def __len__(self) -> int:
            return WARM_UP + steps + 1

        def __getitem__(self, step: int) -> Any:
            return self.share(step, 0, 1)

        def share(self, step: int, share: int, shares: int) -> Any:
            return stacked([row(np.random.default_rng([step, r])) for r in range(share, rows, shares)])

    return MadeUp()


if __name__ == "__main__":
    main()
