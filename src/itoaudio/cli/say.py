"""`ito say`: text to a sound file."""

import io
import sys
import time
from typing import Any

import click

from itoaudio.cli.options import check_output, deliver, given, output_option, sampling_options


@click.command("say")
@click.argument("text", required=False)
@output_option
@click.option("--speed", type=float, default=1.0, help="2 is twice as fast; 0.25 to 4.")
@click.option("--pitch", type=float, default=0.0, help="Semitones up or down.")
@click.option("--energy", type=float, default=0.0, help="Strength of the speech, in dB up or down.")
@click.option(
    "--lexicon", metavar="FILE", help="Your own pronunciations: a word, a tab, its IPA in each line."
)
@sampling_options
def command(
    text: str | None, output: str, voice: str | None, lexicon: str | None, threads: int | None, **options: Any
) -> None:
    """Speak TEXT; - or nothing reads it from stdin.

    \b
    ito say "Hello." -o hello.wav
    ito say - -o book.mp3 --speed 1.2 < book.txt
    ito say "Hello." --sde vp --sampler reverse_diffusion --corrector-snr 0.16 --steps 100
    """
    check_output(output)
    if text is None and sys.stdin.isatty():
        raise click.UsageError("give a TEXT, or pipe one in")
    begun = time.perf_counter()
    spoken = sys.stdin.read() if text in (None, "-") else text
    from itoaudio.runtime import Audio, Voice

    stream = Voice.load(voice, threads=threads, lexicon=lexicon).stream(spoken, **given(options))
    screen = sys.stderr if sys.stderr.isatty() else io.StringIO()
    with click.progressbar(stream, label="speaking", file=screen) as sentences:
        audio = Audio.join(part.audio for part in sentences)
    deliver(audio, output)
    taken = time.perf_counter() - begun
    click.echo(f"{output}: {audio.duration_seconds:.2f} s of speech in {taken:.2f} s", err=True)
