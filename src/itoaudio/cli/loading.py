"""The voice that a command speaks with, and the recording that it reads."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from itoaudio.runtime import Voice


def load(voice: str | None, threads: int | None, lexicon: str | None, options: dict[str, Any]) -> "Voice":
    """A voice that follows `options`, those of `Voice.say`; UsageError for one that cannot be followed."""
    from itoaudio.runtime import Options, UnknownVoice, Voice

    try:
        chosen = Options.of(options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        speaker = Voice.load(voice, threads=threads, lexicon=lexicon)
    except UnknownVoice as error:
        if voice is None or Path(voice).name == voice:
            raise
        raise click.ClickException(f"{error}; give another folder, or a name of `ito voices list`") from None
    try:
        speaker.plans(chosen)
        speaker.speaker(chosen.speaker)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return speaker


class Recording(io.BytesIO):
    """A file or what came in at stdin (`-`), held so that a decoder can move about in it."""

    def __init__(self, source: str) -> None:
        piped = source == "-"
        super().__init__(sys.stdin.buffer.read() if piped else Path(source).read_bytes())
        self.name = "standard input" if piped else source

    def __repr__(self) -> str:  # what libsndfile's errors call it
        return self.name
