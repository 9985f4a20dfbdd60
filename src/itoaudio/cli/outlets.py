"""Where sound goes while it is made: a file, stdout, the loudspeakers; and the times of its words."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from itoaudio.runtime import Audio, Spoken

Outlet = Callable[["Audio"], None]


def checked_kind(output: str, kind: str | None) -> str:
    """The kind of file to write to `output`, before any work is done: `kind`, else by the suffix."""
    from itoaudio.audio.writer import kind_of

    if output == "-":
        if sys.stdout.isatty():
            raise click.UsageError("-o - would write sound to this terminal: give a file, or a pipe")
        return kind or "wav"
    if not Path(output).absolute().parent.is_dir():
        raise click.UsageError(f"{output}: there is no folder {Path(output).parent}")
    if Path(output).is_dir():
        raise click.UsageError(f"{output} is a folder: give the name of a file")
    try:
        return kind or kind_of(Path(output).suffix)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def named(output: str | Path) -> Iterator[None]:
    """Inside, `output` is written: an error that names no file, such as a full disk's, is one about it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None:
            raise
        place = "standard output" if output == "-" else output
        raise click.ClickException(f"{place}: {error.strerror or error}") from error


@contextmanager
def outlet(output: str, kind: str, sample_rate: int) -> Iterator[Outlet]:
    """Writes each stretch as it comes; a file appears when it is whole."""
    from itoaudio.audio.writer import SoundWriter
    from itoaudio.whole import whole_file

    target = nullcontext(sys.stdout.buffer) if output == "-" else whole_file(output)
    with named(output), target as file:
        streaming = output == "-" or (Path(output).exists() and not Path(output).is_file())
        writer = SoundWriter(file, kind, sample_rate, streaming=streaming)

        def write(audio: "Audio") -> None:
            writer.write(audio.samples)
            if streaming:
                file.flush()

        try:
            yield write
        finally:
            writer.close()
        file.flush()


@contextmanager
def loudspeakers(sample_rate: int) -> Iterator[Outlet]:
    """Plays each stretch; waits for the end of the sound."""
    from itoaudio.audio.play import Player

    with Player(sample_rate) as player:
        yield lambda audio: player.play(audio.samples)


class Timestamps:
    """Notes the times of words while they are spoken, and writes them to `path` by its suffix."""

    def __init__(self, path: str | Path, sample_rate: int, hop_samples: int) -> None:
        from itoaudio.runtime.timestamps import writer_of
        from itoaudio.runtime.timing import Timeline

        self._path = Path(path)
        self._told = writer_of(self._path.suffix)
        self._timeline = Timeline(sample_rate, hop_samples)

    def add(self, spoken: "Spoken") -> None:
        """The next stretch."""
        self._timeline.add(spoken)

    def write(self) -> None:
        """The file, when all is spoken."""
        from itoaudio.whole import whole_file

        with named(self._path), whole_file(self._path) as file:
            file.write(self._told(self._timeline).encode())
