"""`ito watch`: noise becoming speech, as pictures, a film or a page."""

from pathlib import Path
from typing import Any

import click

from itoaudio.cli import texts
from itoaudio.cli.ending import terminable
from itoaudio.cli.loading import load
from itoaudio.cli.options import NOT_EMPTY, given, json_option, sampling_options, speaker_option, tell
from itoaudio.cli.outlets import named


@click.command("watch")
@click.argument("text", required=False)
@click.option(
    "-o",
    "--output",
    type=NOT_EMPTY,
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
    text: str | None,
    output: str,
    as_json: bool,
    stage: str,
    moments: int | None,
    voice: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Show how the draw of TEXT, one sentence, goes from noise to speech; - or nothing reads it from stdin.

    Left open, the voice's exact graphs are sampled in 24 steps. Needs `pip install 'itoaudio[watch]'`.

    \b
    ito watch "Hello there." -o hello.html
    ito watch "Hello there." -o hello.png --stage vocoder --sampler er_sde_2 --steps 12
    """
    from itoaudio.watch import KINDS, SHOWN, check, encode, film
    from itoaudio.whole import whole_file

    try:
        suffix = check(output)
    except ValueError as error:
        if Path(output).suffix.lower() in KINDS:  # then something is not installed
            raise
        raise click.UsageError(str(error)) from None
    if not Path(output).absolute().parent.is_dir():
        raise click.UsageError(f"{output}: there is no folder {Path(output).parent}")
    click.get_current_context().with_resource(terminable())
    written, markup = texts.read(text, None, None)
    asked = given(options) | {"markup": markup}
    speaker = load(voice, threads, None, asked)
    heard = suffix in (".mp4", ".html")
    shown = film(speaker, written, stage=stage, moments=moments or SHOWN[suffix], sound=heard, **asked)
    with named(output), whole_file(output) as file:
        file.write(encode(shown, suffix))
    line = f"{output}: {len(shown.moments)} moments of {shown.caption}"
    tell(line, as_json, output=output, moments=len(shown.moments), caption=shown.caption)
