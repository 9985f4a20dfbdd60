"""What a million hours of speech take, from what some lines take here: `bulk.speak` in this process.

    OMP_NUM_THREADS=1 python benchmarks/bulk.py --voice kathleen --lines 24

Processor time counts, as other work on the machine disturbs it least; the voice's load is not in it, shards,
FLAC and index are.
"""

import resource
import tempfile
import time
from pathlib import Path

import click

from itoaudio import bulk

SENTENCES = (
    "The rain in Spain stays mainly in the plain.",
    "Nobody knows where the noise comes from, or where it goes.",
    "She paid $3.50 for the book on 4 May, and read it in two days.",
    "It was late when they reached the house; nobody had left a light on, and the dog did not bark.",
)
HOURS = 1_000_000


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset", default="fast", show_default=True)
@click.option("--lines", default=24, show_default=True)
def main(voice: str, preset: str, lines: int) -> None:
    """Print what was measured and what follows."""
    texts = [SENTENCES[number % len(SENTENCES)] for number in range(lines)]
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "lines.txt"
        manifest.write_text("\n".join([SENTENCES[0], *texts]), encoding="utf-8")
        marks: list[tuple[float, float]] = []

        def report(summary: bulk.Summary) -> None:
            marks.append((time.process_time(), summary.audio_seconds))

        output = str(Path(folder) / "out")
        options = {"preset": preset}
        bulk.speak(
            str(manifest), output, voice=voice, processes=0, shard_lines=1, options=options, report=report
        )
        stored = sum(file.stat().st_size for file in Path(output).glob("*.tar"))
    (begun, before), (ended, after) = marks[1], marks[-1]  # the first shard waits for the voice
    processor = (ended - begun) / (after - before)
    characters = sum(map(len, texts)) / (after - before)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"{voice}, {preset}: {after:.0f} s of sound in {len(marks) - 2} shards")
    click.echo(f"processor seconds for a second of sound {processor:.4f}")
    click.echo(f"bytes of shards for a second of sound   {stored / after:.0f}")
    click.echo(f"characters for a second of sound        {characters:.1f}")
    click.echo(f"memory of a worker, MB                  {memory:.0f}")
    click.echo(
        f"{HOURS:,} hours: {HOURS * processor:,.0f} core-hours, {HOURS * 3600 * stored / after / 1e12:.0f} TB"
    )


if __name__ == "__main__":
    main()
