"""`ito watch`: noise becoming speech, as pictures, a film or a page."""

from pathlib import Path
from typing import Any

import click

from itoaudio.cli.options import given, json_option, sampling_options, speaker_option, tell


@click.command("watch")
@click.argument("text")
@click.option(
    "-o",
    "--output",
    default="watch.html",
    metavar="FILE",
    help="A strip (.png), an animation (.gif), a film (.mp4) or a page to scrub and hear (.html).",
)
@click.option(
    "--stage",
    type=click.Choice(["acoustic", "vocoder"]),
    default="acoustic",
    help="Whose draw: the mel or the sound.",
)
@click.option(
    "--moments",
    type=click.IntRange(2, 200),
    show_default="6 in .png, 8 in .mp4, else 25",
    help="How many times of the draw are shown.",
)
@json_option
@speaker_option
@sampling_options
def command(
    text: str,
    output: str,
    as_json: bool,
    stage: str,
    moments: int | None,
    voice: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Show how the draw of TEXT, one sentence, goes from noise to speech.

    Left open, the voice's exact graphs are sampled in 24 steps. Needs `pip install 'itoaudio[watch]'`.

    \b
    ito watch "Hello there." -o hello.html
    ito watch "Hello there." -o hello.png --stage vocoder --sampler er_sde_2 --steps 12
    """
    from itoaudio.audio.writer import whole_file
    from itoaudio.runtime import Voice
    from itoaudio.watch import SHOWN, check, encode, film

    suffix = check(output)
    if not Path(output).absolute().parent.is_dir():
        raise click.UsageError(f"{output}: there is no folder {Path(output).parent}")
    speaker = Voice.load(voice, threads=threads)
    heard = suffix in (".mp4", ".html")
    shown = film(speaker, text, stage=stage, moments=moments or SHOWN[suffix], sound=heard, **given(options))
    with whole_file(output) as file:
        file.write(encode(shown, suffix))
    line = f"{output}: {len(shown.moments)} moments of {shown.caption}"
    tell(line, as_json, output=output, moments=len(shown.moments), caption=shown.caption)
