"""Training curves of run folders as one picture.

python benchmarks/curves.py runs/vocoder:validation/loss runs/vocoder_few:train/energy -o docs/img/curves.png
"""

from pathlib import Path

import click
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


@click.command()
@click.argument("curves", nargs=-1, required=True, metavar="RUN:SCALAR...")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def main(curves: tuple[str, ...], output: Path) -> None:
    """Draw each SCALAR of each RUN against steps, one panel a run."""
    runs: dict[str, list[str]] = {}
    for curve in curves:
        run, _, scalar = curve.partition(":")
        runs.setdefault(run, []).append(scalar)
    _, axes = plt.subplots(1, len(runs), figsize=(5 * len(runs), 3.6), squeeze=False)
    for axis, (run, scalars) in zip(axes[0], runs.items(), strict=True):
        log = EventAccumulator(str(Path(run) / "log")).Reload()
        for scalar in scalars:
            points = log.Scalars(scalar)
            axis.plot([p.step for p in points], [p.value for p in points], label=scalar)
        axis.set(title=Path(run).name, xlabel="steps")
        axis.legend()
    plt.tight_layout()
    plt.savefig(output, dpi=80)


if __name__ == "__main__":
    main()
