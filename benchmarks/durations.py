"""How long phones last: in held-out recordings, by the voice's forced alignment, and as the voice says them.

    python benchmarks/durations.py --cache cache/kathleen-DIGEST --picture FILE

Percentiles in milliseconds by class of phone, and the share of phones that last so shortly or so long that
the alignment or the duration predictor must be wrong. The picture shows one recording under its alignment.
"""

from pathlib import Path

import click
import numpy as np

from held_out import held_out
from itoaudio.audio import files
from itoaudio.audio.mel import MelSpec, log_mel
from itoaudio.corpus.examine import Aligner
from itoaudio.corpus.textgrid import Interval, tiers
from itoaudio.data.source import Source
from itoaudio.runtime import Voice
from itoaudio.runtime.timing import Timeline
from itoaudio.runtime.voice_folder import find
from itoaudio.text import English
from itoaudio.text.symbols import STRESS, VOWELS

SPEC = MelSpec()
SHORTEST_MS = 13  # a frame has 11.6
LONGEST_MS = 350
PERCENTILES = (1, 5, 50, 95, 99)
CLASSES = {
    "stops": "pbtdkɡʔ",
    "affricates, fricatives": "ʧʤfvθðszʃʒhx",
    "nasals, liquids, glides": "mnŋlɹjwɾ",
}

DIPHTHONGS = ("eɪ", "aɪ", "oʊ", "aʊ", "ɔɪ")

Phone = tuple[str, float]
"""Label and milliseconds."""


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--cache", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--count", default=40, show_default=True, help="Held-out sentences.")
@click.option(
    "--picture", type=click.Path(path_type=Path), help="Draw the first recording's alignment here (.png)."
)
def main(voice: str, cache: Path, count: int, picture: Path | None) -> None:
    """Print the table."""
    speaker, aligner, english = Voice.load(voice), Aligner.of(find(voice)), English()
    recorded: list[Phone] = []
    spoken: list[Phone] = []
    for item in held_out(cache, count):
        source = Source(id=item.id, audio=item.audio, text=item.text)
        seconds, _, phones = tiers(source, aligner, english.phonemes(item.text))
        phones = joined(phones)
        recorded += [(label, 1000 * (end - start)) for start, end, label in phones if label]
        timeline = Timeline(SPEC.sample_rate, SPEC.hop_samples)
        for piece in speaker.stream(item.text):
            timeline.add(piece)
        spoken += [(p.text, 1000 * timeline.seconds(p.end - p.start)) for p in timeline.phonemes]
        if picture is not None:
            draw(picture, source, seconds, phones)
            picture = None
    head = "".join(
        f"{name:>8}" for name in (*(f"{p} %" for p in PERCENTILES), f"<{SHORTEST_MS}", f">{LONGEST_MS}")
    )
    click.echo(f"{voice}, {count} held-out sentences; milliseconds, and shares of the too short and too long")
    click.echo(f"{'':36}{'phones':>8}{head}")
    for name in ("vowels, stressed", "vowels, others", *CLASSES):
        for of, phones in (("recordings", recorded), ("voice", spoken)):
            lengths = np.array([length for label, length in phones if kind(label) == name])
            cells = "".join(f"{value:8.0f}" for value in np.percentile(lengths, PERCENTILES))
            absurd = (np.mean(lengths < SHORTEST_MS), np.mean(lengths > LONGEST_MS))
            shares = "".join(f"{share:8.1%}" for share in absurd)
            click.echo(f"{f'{name}: {of}':36}{len(lengths):8d}{cells}{shares}")


def joined(phones: list[Interval]) -> list[Interval]:
    """Diphthongs, whose halves have symbols of their own, as one phone: as timelines count them."""
    found: list[Interval] = []
    for start, end, label in phones:
        if found and label and found[-1][2].strip(STRESS) + label in DIPHTHONGS:
            found[-1] = (found[-1][0], end, found[-1][2] + label)
        else:
            found.append((start, end, label))
    return found


def kind(label: str) -> str:
    """The class of a phone."""
    bare = label.strip(STRESS)
    if bare[0] in VOWELS:
        return "vowels, stressed" if label[0] in STRESS else "vowels, others"
    return next(name for name, members in CLASSES.items() if bare[0] in members)


def draw(path: Path, source: Source, seconds: float, phones: list[Interval]) -> None:
    """The recording's mel, with its phones between lines."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    audio, _ = files.read(Path(source.audio), sample_rate=SPEC.sample_rate)
    figure, axis = pyplot.subplots(figsize=(14, 4))
    axis.imshow(
        log_mel(audio, SPEC), origin="lower", aspect="auto", extent=(0, seconds, 0, SPEC.bands), cmap="magma"
    )
    for start, end, label in phones:
        if label:
            axis.axvline(start, color="white", lw=0.5)
            axis.text((start + end) / 2, SPEC.bands + 1, label, ha="center", fontsize=8)
    axis.set(xlabel="seconds", ylabel="mel band", title=f"{source.text}\n")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
