"""Sound to judge: a voice's copy synthesis of held-out recordings, and its reading of sentences it never saw.

    python benchmarks/quality.py copy --cache cache/kathleen-DIGEST -d out/copy      (writes wavs/ and
    reference/)
    python benchmarks/quality.py read -d out/read                                    (20 Harvard sentences)

Both folders come with texts.tsv (id, text), as judges of speech want it.
"""

from pathlib import Path

import click
import numpy as np

from held_out import held_out
from itoaudio.audio import files
from itoaudio.runtime import Audio, Voice

TEXTS = Path(__file__).parent / "texts/harvard.tsv"


@click.group()
def main() -> None:
    """Make sound to judge."""


def common(command):
    for option in (
        click.option("-d", "--directory", type=click.Path(path_type=Path), required=True),
        click.option("--voice", default="kathleen", show_default=True),
        click.option("--preset"),
        click.option("--steps", type=int),
        click.option("--sampler"),
        click.option("--speaker", help="In a voice of several."),
        click.option("--variant", help="exact, or few: of itself few for the steps it knows."),
        click.option("--grid"),
        click.option("--temperature", type=float),
        click.option("--corrector-snr", type=float),
        click.option("--projections", type=int),
        click.option("--count", type=int, default=30, show_default=True),
        click.option("--seed", type=int, default=0, show_default=True),
    ):
        command = option(command)
    return command


@main.command()
@common
@click.option("--cache", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--part", default="validation", show_default=True)
def copy(directory: Path, voice: str, count: int, cache: Path, part: str, **options) -> None:
    """Vocode `count` held-out recordings, one take of a sentence."""
    speaker = Voice.load(voice)
    for folder in ("wavs", "reference"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    chosen = held_out(cache, count, part=part)
    for item in chosen:
        audio, rate = files.read(Path(item.audio), sample_rate=speaker.sample_rate)
        audio = audio[: len(audio) // 256 * 256]
        sound = speaker.vocode(Audio(audio, rate), **_given(options))
        files.write_wav(directory / "wavs" / f"{item.id}.wav", sound.samples, rate)
        files.write_wav(directory / "reference" / f"{item.id}.wav", np.asarray(audio), rate)
    _write_texts(directory, [(item.id, item.text) for item in chosen])


@main.command()
@common
@click.option("--texts", type=click.Path(path_type=Path, exists=True), default=TEXTS, show_default=True)
def read(directory: Path, voice: str, count: int, texts: Path, **options) -> None:
    """Say the sentences of a table `id<TAB>text`."""
    speaker = Voice.load(voice)
    (directory / "wavs").mkdir(parents=True, exist_ok=True)
    rows = [tuple(line.split("\t", 1)) for line in texts.read_text(encoding="utf-8").splitlines()][:count]
    for name, text in rows:
        sound = speaker.say(text, **_given(options))
        files.write_wav(directory / "wavs" / f"{name}.wav", sound.samples, sound.sample_rate)
    _write_texts(directory, rows)


def _given(options: dict) -> dict:
    return {name: value for name, value in options.items() if value is not None}


def _write_texts(directory: Path, rows: list) -> None:
    (directory / "texts.tsv").write_text(
        "".join(f"{name}\t{text}\n" for name, text in rows), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
