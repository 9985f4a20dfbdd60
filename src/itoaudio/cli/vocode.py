"""`ito vocode`: a recording to its mel and back, to hear what the vocoder can do."""

import io
import sys
from pathlib import Path
from typing import Any

import click

from itoaudio.cli.options import (
    check_output,
    deliver,
    given,
    kind_option,
    output_option,
    sampling_options,
)


class Piped(io.BytesIO):
    """What came in at stdin, held so that a decoder can move about in it; errors call it by its name."""

    name = "stdin"


@click.command("vocode")
@click.argument("recording", metavar="FILE")
@output_option
@kind_option
@sampling_options
def command(
    recording: str,
    output: str,
    kind: str | None,
    voice: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Copy synthesis of FILE (WAV, FLAC, OGG, MP3; any rate and channels; - is stdin) at the voice's rate."""
    check_output(output, kind)
    from itoaudio.audio import files
    from itoaudio.runtime import Audio, Voice

    with Piped(sys.stdin.buffer.read()) if recording == "-" else Path(recording).open("rb") as source:
        samples, rate = files.read(source)
    speaker = Voice.load(voice, threads=threads)
    audio = speaker.vocode(Audio(samples, rate), **given(options))
    deliver(audio, output, kind)
    click.echo(f"{output}: {audio.duration_seconds:.2f} s", err=True)
