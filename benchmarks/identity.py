"""Whose voice it is: speaker similarity of a voice to its recordings, beside theirs to each other.

    python benchmarks/identity.py --cache cache/kathleen-DIGEST --other runs/corpora/two/heart

Cosines of GE2E embeddings (`make test-all` installs the judge) between different sentences only, so that no
pair shares its words. `--other` is a speaker that the voice must not sound like: one of its pretraining.
"""

from pathlib import Path

import click
import numpy as np

from held_out import held_out
from itoaudio.evaluate.metrics.speaker import embedding
from itoaudio.evaluate.sound import Sound
from itoaudio.runtime import Voice


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset")
@click.option("--cache", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--other", type=click.Path(path_type=Path, exists=True), help="A corpus in LJSpeech's layout.")
@click.option("--count", default=30, show_default=True, help="Held-out sentences.")
def main(voice: str, preset: str | None, cache: Path, other: Path | None, count: int) -> None:
    """Print similarities."""
    speaker = Voice.load(voice)
    chosen = held_out(cache, count)
    recorded = np.stack([embedding(Sound.read(Path(item.audio))) for item in chosen])
    said = [speaker.say(item.text, preset=preset) for item in chosen]
    spoken = np.stack([embedding(Sound(audio.samples, audio.sample_rate)) for audio in said])
    own = apart(recorded, recorded)
    found = apart(spoken, recorded)
    click.echo(f"{voice}, {preset or 'default preset'}, {len(chosen)} held-out sentences")
    click.echo(f"recordings to each other  {own:.3f}")
    click.echo(f"voice to recordings       {found:.3f}, {found / own:.3f} of it")
    if other is not None:
        wavs = sorted((other / "wavs").iterdir())[:count]
        strange = np.stack([embedding(Sound.read(path)) for path in wavs])
        click.echo(f"voice to {other.name:16} {float((spoken @ strange.T).mean()):.3f}")
        click.echo(f"recordings to {other.name:11} {float((recorded @ strange.T).mean()):.3f}")


def apart(one: np.ndarray, two: np.ndarray) -> float:
    """Mean cosine between rows of different sentences."""
    cosines = one @ two.T
    return float(cosines[~np.eye(len(one), dtype=bool)].mean())


if __name__ == "__main__":
    main()
