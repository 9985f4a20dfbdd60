"""How fast models learn: audio-seconds of batch per second, and peak memory, on batches of the same length.

    .venv-rivals/bin/pip install --no-deps -r constraints-rivals-training.txt
    python benchmarks/training.py --rivals .venv-rivals/bin/python --threads 2 --processes 1 --processes 2

Ours are training steps of the shipped configs through `train.run.fit`, with its loop, average and logs: of
the vocoder, of the whole acoustic model (text, alignment, durations, condition, decoder), and of its decoder
alone for a given condition, as Matcha-TTS's is, which is its decoder's own loss. DiffWave's is its learner's
own `train_step`. Both are without any loop, with random weights in float32 as they ship; ours are measured in
bf16 and in float32, whichever a machine does faster. Batches are made up;
each system is a process of its own. `cpu` is processor time, which other work on the machine disturbs least.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

HOP, RATE, FRAMES = 256, 22050, 64
WARM_UP = 2
GOALS = (("acoustic", "matcha", 3.0), ("decoder", "matcha", 3.0), ("vocoder", "diffwave", 30.0))
OURS = ("vocoder", "acoustic", "decoder")
RIVALS = ("matcha", "diffwave")
PRECISIONS = ("bf16-mixed", "32-true")
Device = tuple[str, str]
"""Accelerator and precision."""


@click.command()
@click.option("--rivals", metavar="PYTHON", help="Of the environment that has matcha-tts and diffwave.")
@click.option("--rival", multiple=True, default=RIVALS, show_default=True, help="DiffWave eats memory.")
@click.option("--crops", default=4, show_default=True, help=f"Of {FRAMES} frames in each batch.")
@click.option("--steps", default=8, show_default=True, help=f"Measured, after {WARM_UP} to warm up.")
@click.option("--threads", default=2, show_default=True)
@click.option("--processes", multiple=True, type=int, help="Also the scaling table, as 1 2 4.")
@click.option("--accelerator", default="cpu", show_default=True)
@click.option(
    "--precision",
    multiple=True,
    default=PRECISIONS,
    show_default=True,
    help="Of ours; of two the faster one counts, as for `ito voice new`, which measures both.",
)
@click.option("--worker", hidden=True)
def main(
    rivals: str | None,
    rival: tuple[str, ...],
    crops: int,
    steps: int,
    threads: int,
    processes: tuple[int, ...],
    accelerator: str,
    precision: tuple[str, ...],
    worker: str | None,
) -> None:
    """Print the tables."""
    if worker is not None:
        train(worker, crops, steps, threads, accelerator, precision[0])
        return
    asked = [str(crops), str(steps), str(threads)]
    rows, measured = [], {}
    for kind in OURS:
        found = [ours(kind, crops, steps, threads, (accelerator, name)) for name in precision]
        measured[kind] = min(found, key=lambda row: row["step_seconds"])
        rows += found
    if rivals is not None:
        script = str(Path(__file__).with_name("training_rivals.py"))
        for name in rival:
            measured[name] = answer([rivals, script, name, *asked])
            rows.append(measured[name])
    seconds = crops * FRAMES * HOP / RATE
    click.echo(
        f"batch of {crops} x {FRAMES} frames = {seconds:.2f} s of audio; {threads} threads, {accelerator}"
    )
    columns = ("M weights", 10), ("s / step", 10), ("cpu / step", 11), ("audio-s / s", 13), ("peak MB", 9)
    click.echo(f"{'training step of':31}" + "".join(f"{name:>{width}}" for name, width in columns))
    for found in rows:
        speed = seconds / found["step_seconds"]
        row = f"{found['what']:31}{found['weights'] / 1e6:10.2f}{found['step_seconds']:10.3f}"
        row += f"{found['step_cpu_seconds']:11.3f}{speed:13.2f}"
        click.echo(f"{row}{found['peak_mb']:9.0f}")
    for own, name, goal in GOALS:
        if name in measured:
            wall, cpu = (
                measured[name][unit] / measured[own][unit] for unit in ("step_seconds", "step_cpu_seconds")
            )
            click.echo(f"{own} is {wall:.1f} times as fast as {name}, {cpu:.1f} by cpu (goal {goal:g})")
    if processes:
        best = measured["vocoder"]["precision"]
        scaling(processes, crops * max(processes), steps, (accelerator, best))


def scaling(processes: tuple[int, ...], crops: int, steps: int, device: Device) -> None:
    """The same global batch over more and more processes of one thread each. The processor time of all of
    them says what dividing it costs, also where processes are more than cores."""
    click.echo(f"\n{crops} crops a step, {len(os.sched_getaffinity(0))} cores")
    click.echo(f"{'processes':>9}{'vocoder audio-s / s':>21}{'share of perfect':>18}{'cpu / step, all':>17}")
    first: float | None = None
    for count in processes:
        found = ours("vocoder", crops, steps, 1, device, processes=count)
        speed = crops * FRAMES * HOP / RATE / found["step_seconds"]
        first = first or speed / count
        spent = count * found["step_cpu_seconds"]
        click.echo(f"{count:9}{speed:21.2f}{speed / count / first:18.2f}{spent:17.3f}")


def ours(
    kind: str, crops: int, steps: int, threads: int, device: Device, *, processes: int = 1
) -> dict[str, Any]:
    """One of our models in fresh processes."""
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    options = ["--worker", kind, "--crops", crops, "--steps", steps, "--threads", threads]
    command = [sys.executable, *(several if processes > 1 else []), __file__, *options]
    accelerator, precision = device
    command += ["--accelerator", accelerator, "--precision", precision]
    return answer([str(word) for word in command])


def answer(command: list[str]) -> dict[str, Any]:
    """The last line of a command's output, as JSON."""
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise click.ClickException(f"{' '.join(command[:4])} failed:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])


def train(kind: str, crops: int, steps: int, threads: int, accelerator: str, precision: str) -> None:
    """In a worker: train a made-up corpus and print what a step took."""
    import warnings

    import msgspec
    import torch
    from torch.utils.data import DataLoader

    import training_ours
    from itoaudio.train.run import fit

    warnings.filterwarnings("ignore")
    made, batches = getattr(training_ours, kind)(crops, WARM_UP + steps + 1)
    loop = msgspec.structs.replace(made.run_config.loop, checkpoint_every_minutes=1e9)
    loop = msgspec.structs.replace(loop, precision=precision)
    optimiser = msgspec.structs.replace(made.run_config.optimiser, steps=WARM_UP + steps + 1)
    run = msgspec.structs.replace(made.run_config, loop=loop, optimiser=optimiser)
    made.configure_callbacks = lambda: [clock(made, kind, steps, precision)]
    loader = DataLoader(batches, batch_size=None)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        fit(made, run, (loader, loader), runs=Path(folder), threads=threads, accelerator=accelerator)


def clock(made: Any, kind: str, steps: int, precision: str) -> Any:
    """Times whole steps, from end to end; prints and leaves after the last."""
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
                    "what": f"itoaudio {kind}, {precision}",
                    "precision": precision,
                    "weights": sum(w.numel() for w in made.networks.parameters() if w.requires_grad),
                    "step_seconds": wall,
                    "step_cpu_seconds": cpu,
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                }
                print("\n" + json.dumps(found), flush=True)
            os._exit(0)  # neither validation nor teardown is part of a step

    return Clock()


if __name__ == "__main__":
    main()
