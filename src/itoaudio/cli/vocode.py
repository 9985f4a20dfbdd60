"""`ito vocode`: a recording to its mel and back, to hear what the vocoder can do."""

import io
import sys
from pathlib import Path
from typing import Any

import click

from itoaudio.cli.options import (
    check_json,
    check_output,
    deliver,
    given,
    json_option,
    kind_option,
    output_option,
    sampling_options,
    tell,
)


class Piped(io.BytesIO):
    """What came in at stdin, held so that a decoder can move about in it; errors call it by its name."""

    name = "stdin"


@click.command("vocode")
@click.argument("recording", metavar="FILE")
@output_option
@kind_option
@json_option
@sampling_options
def command(
    recording: str,
    output: str,
    kind: str | None,
    as_json: bool,
    voice: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Copy synthesis of FILE (WAV, FLAC, OGG, MP3; any rate and channels; - is stdin) at the voice's rate."""
    check_output(output, kind)
    check_json(as_json, output)
    from itoaudio.audio import files
    from itoaudio.runtime import Audio, Voice

    with Piped(sys.stdin.buffer.read()) if recording == "-" else Path(recording).open("rb") as source:
        samples, rate = files.read(source)
    speaker = Voice.load(voice, threads=threads)
    audio = speaker.vocode(Audio(samples, rate), **given(options))
    deliver(audio, output, kind)
    seconds = audio.duration_seconds
    facts = {"output": output, "seconds": seconds, "sample_rate": audio.sample_rate}
    tell(f"{output}: {seconds:.2f} s", as_json, **facts, voice=speaker.spec.name)
