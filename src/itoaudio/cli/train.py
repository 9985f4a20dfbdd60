"""`ito train`: networks from a corpus, as one YAML says."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

KINDS = ("acoustic", "vocoder", "refine-vocoder", "refine-acoustic", "waveform")


@click.command("train")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--runs", type=click.Path(path_type=Path), default=Path("runs"), help="Where run folders lie.")
@click.option("--cache", type=click.Path(path_type=Path), default=Path("cache"), help="Where features lie.")
@click.option(
    "--accelerator",
    type=click.Choice(["auto", "cpu", "cuda", "mps"]),
    default="auto",
    help="auto is cuda where there is one, else cpu.",
)
@click.option("--threads", type=click.IntRange(1), show_default="torch's", help="CPU threads.")
def command(kind: str, config: Path, runs: Path, cache: Path, accelerator: str, threads: int | None) -> None:
    """Train KIND as CONFIG says; a run that was stopped goes on. Its folder is written to stdout.

    Under torchrun or srun it is one process of many: see docs/scale.md.
    """
    from itoaudio.train.start import train

    with redirect_stdout(sys.stderr):  # where Lightning's progress bar belongs
        folder = train(kind, config, runs=runs, cache=cache, threads=threads or 0, accelerator=accelerator)
    click.echo(folder)
