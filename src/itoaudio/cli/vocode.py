"""`ito vocode`: a recording to its mel and back, to hear what the vocoder can do."""

from typing import Any

import click

from itoaudio.cli.ending import terminable
from itoaudio.cli.loading import Recording, load
from itoaudio.cli.options import (
    check_json,
    deliver,
    given,
    json_option,
    kind_option,
    output_option,
    sampling_options,
    tell,
)
from itoaudio.cli.outlets import checked_kind


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
    checked_kind(output, kind)
    check_json(as_json, output)
    click.get_current_context().with_resource(terminable())
    from itoaudio.audio import files
    from itoaudio.runtime import Audio

    samples, rate = files.read(Recording(recording))
    speaker = load(voice, threads, None, given(options))
    audio = speaker.vocode(Audio(samples, rate), **given(options))
    deliver(audio, output, kind)
    seconds = audio.duration_seconds
    facts = {"output": output, "seconds": seconds, "sample_rate": audio.sample_rate}
    tell(f"{output}: {seconds:.2f} s", as_json, **facts, voice=speaker.spec.name)
