"""Training curves: what runs wrote for TensorBoard, as one picture.

python benchmarks/curves.py runs/vocoder_adversarial runs/acoustic --picture docs/img/curves.png
"""

from pathlib import Path

import click

SMOOTHED = 4
"""Logged values of a training loss in one point of its curve; validation is drawn as it is."""


@click.command()
@click.argument(
    "runs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--picture", required=True, type=click.Path(dir_okay=False, path_type=Path))
def main(runs: tuple[Path, ...], picture: Path) -> None:
    """Write the picture; a panel for each name that RUNS logged, a colour for each run."""
    from matplotlib.figure import Figure

    curves = {run: read(run / "log") for run in runs}
    for run, found in curves.items():
        if not found:
            raise click.ClickException(f"{run}: its log holds no curves of training or validation")
    names = sorted({name for found in curves.values() for name in found})
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4 * columns, 2.8 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, name in zip(panels, names):
        for colour, (run, found) in enumerate(curves.items()):
            if name in found:
                steps, values = smooth(*found[name]) if name.startswith("train/") else found[name]
                panel.plot(steps, values, f"C{colour}", label=str(run), marker="" if len(steps) > 20 else ".")
        panel.set_title(name, fontsize=9)
        panel.set_xlabel("step", fontsize=8)
        panel.legend(fontsize=7)
    for panel in panels[len(names) :]:
        panel.remove()
    figure.savefig(picture, dpi=110)


def read(log: Path) -> dict[str, tuple[list[int], list[float]]]:
    """Name -> steps and values. A run that went on after a stop says some steps twice: the later counts."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log), size_guidance={"scalars": 0})
    events.Reload()
    found = {}
    for name in events.Tags()["scalars"]:
        if name.startswith(("train/", "validation/")):
            values = {event.step: event.value for event in events.Scalars(name)}
            found[name] = (sorted(values), [values[step] for step in sorted(values)])
    return found


def smooth(steps: list[int], values: list[float]) -> tuple[list[float], list[float]]:
    """Means of `SMOOTHED` neighbours; the last may be of fewer."""
    parts = [slice(cut, cut + SMOOTHED) for cut in range(0, len(values), SMOOTHED)]
    return [sum(steps[p]) / len(steps[p]) for p in parts], [sum(values[p]) / len(values[p]) for p in parts]


if __name__ == "__main__":
    main()
