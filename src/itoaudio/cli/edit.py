"""`ito edit`: other words in a recording of the voice."""

import json
from dataclasses import asdict
from typing import Any

import click

from itoaudio.cli.ending import terminable
from itoaudio.cli.loading import Recording, load
from itoaudio.cli.options import (
    check_json,
    deliver,
    given,
    kind_option,
    output_option,
    sampling_options,
    speaker_option,
)
from itoaudio.cli.outlets import checked_kind
from itoaudio.cli.texts import lexicon_option


@click.command("edit")
@click.argument("recording", metavar="FILE")
@click.option("--text", required=True, metavar="TEXT", help="What the recording says.")
@click.option("--new", required=True, metavar="TEXT", help="What it shall say.")
@output_option
@kind_option
@click.option("--json", "as_json", is_flag=True, help="Tell on stdout which samples are new.")
@click.option("--speed", type=float, default=1.0, help="Of the new words, beside the recording's own.")
@click.option("--pitch", type=float, default=0.0, help="Of the new words, in semitones up or down.")
@click.option("--energy", type=float, default=0.0, help="Of the new words, in dB up or down.")
@click.option("--volume", type=float, default=0.0, help="Of the new words' sound, in dB up or down.")
@speaker_option
@lexicon_option
@sampling_options
def command(
    recording: str,
    text: str,
    new: str,
    output: str,
    kind: str | None,
    as_json: bool,
    voice: str | None,
    lexicon: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Say other words in FILE, a mono recording of the voice at any rate (WAV, FLAC, OGG, MP3; - is stdin).

    What lies 50 ms from a change stays as it is, sample for sample in 16 bits. The acoustic model draws the
    new words around the kept ones, by default with its exact graphs: --sampler ancestral --steps 24.

    \b
    ito edit take.wav --text "We meet on Monday." --new "We meet on Friday." -o new.wav
    """
    checked_kind(output, kind)
    check_json(as_json, output)
    click.get_current_context().with_resource(terminable())
    from itoaudio.runtime.edit import edit, read_mono

    audio = read_mono(Recording(recording))
    speaker = load(voice, threads, lexicon, given(options))
    edited = edit(speaker, audio, text, new, **given(options))
    deliver(edited.audio, output, kind)
    if as_json:
        found = {"sample_rate": audio.sample_rate, "spans": [asdict(span) for span in edited.spans]}
        click.echo(json.dumps(found))
    rate = audio.sample_rate
    for span in edited.spans:
        click.echo(f"{output}: new from {span.start / rate:.2f} to {span.stop / rate:.2f} s", err=True)
