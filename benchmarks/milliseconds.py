"""Where the milliseconds of a spoken second go: each part of the synthesis path, warm, on Harvard sentences.

    python benchmarks/milliseconds.py --voice kathleen --threads 2

Wall time of a part, however many threads work on it; the median over repeats. What is left of all is the
front end, the solvers' own sums, noise and the limiter.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from itoaudio.evaluate.testlist import read_texts
from itoaudio.runtime import Voice, sessions, vocoder

TEXTS = Path(__file__).parent / "texts/harvard.tsv"
SENTENCES = 8
PARTS = {  # numpy's share: functions as the vocoder calls them
    "projections, imdct": (vocoder.VocoderModel, "coloured"),
    "pulse train": (vocoder, "pulse_train"),
    "pulse spectrum": (vocoder, "pulse_spectrum"),
}


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset", default="fast", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--repeats", default=7, show_default=True)
def main(voice: str, preset: str, threads: int, repeats: int) -> None:
    """Print the table."""
    spent: dict[str, float] = defaultdict(float)
    for name, (owner, function) in PARTS.items():
        setattr(owner, function, timed(getattr(owner, function), spent, lambda *_, name=name: name))
    sessions.Graph.__call__ = timed(sessions.Graph.__call__, spent, lambda graph, *_: graph.name)
    speaker = Voice.load(voice, threads=threads)
    items = read_texts(TEXTS)[:SENTENCES]
    rounds = []
    for _ in range(repeats + 1):  # the first warms up
        spent.clear()
        begun = time.perf_counter()
        seconds = sum(speaker.say(item.text or "", preset=preset).duration_seconds for item in items)
        spent["in all"] = time.perf_counter() - begun
        rounds.append({name: 1000 * taken / seconds for name, taken in spent.items()})
    figures = {name: statistics.median(each[name] for each in rounds[1:]) for name in rounds[-1]}
    figures["the rest"] = figures["in all"] - sum(v for name, v in figures.items() if name != "in all")
    click.echo(f"{voice}, {preset}, {threads} threads: ms a second of sound, share")
    for name, value in sorted(figures.items(), key=lambda pair: -pair[1]):
        click.echo(f"{name:32}{value:8.2f}{value / figures['in all']:8.1%}")


def timed(function: Callable[..., Any], spent: dict[str, float], named: Callable[..., str]) -> Any:
    """`function`, whose time is added to `spent` under the name that `named` gives its arguments."""

    def measured(*arguments: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            spent[named(*arguments)] += time.perf_counter() - begun

    return measured


if __name__ == "__main__":
    main()
