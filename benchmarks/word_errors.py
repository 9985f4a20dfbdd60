"""Word errors of a voice's copies above those of the recordings: mean, and its bound by a paired bootstrap.

    python benchmarks/quality.py copy --cache cache/kathleen-DIGEST -d out/copy
    python benchmarks/word_errors.py out/copy

The recogniser is Whisper tiny (`make test-all` installs it). Errors and words are summed over the sentences,
which are drawn anew with both their takes, as their difficulty is shared.
"""

from pathlib import Path

import click
import numpy as np

from itoaudio.evaluate.metrics.words import Recogniser
from itoaudio.evaluate.sound import Sound, Take
from itoaudio.evaluate.statistic import interval
from itoaudio.evaluate.testlist import Item, read_texts


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True))
@click.option("--threads", default=2, show_default=True)
def main(directory: Path, threads: int) -> None:
    """Print both rates and their difference."""
    judge, items = Recogniser(None, threads=threads), read_texts(directory / "texts.tsv")
    copies, recordings = (
        np.array([rate(judge, directory / folder, item) for item in items])
        for folder in ("wavs", "reference")
    )
    words = np.array([len((item.text or "").split()) for item in items], dtype=float)
    click.echo(f"{len(items)} sentences, {words.sum():.0f} words; mean [95 % interval]")
    for name, values in (
        ("recordings", recordings),
        ("copies", copies),
        ("copies above recordings", copies - recordings),
    ):
        low, high = interval(values, words)
        click.echo(f"{name:28}{np.average(values, weights=words):8.4f} [{low:.4f}, {high:.4f}]")


def rate(judge: Recogniser, folder: Path, item: Item) -> float:
    """Word error rate of one take."""
    return judge.word_error(Take(Sound.read(folder / f"{item.id}.wav"), text=item.text))


if __name__ == "__main__":
    main()
