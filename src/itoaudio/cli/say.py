"""`ito say`: text to a file, a stream or the loudspeakers; or a list of texts to a folder."""

import io
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itoaudio.cli import bulk, texts
from itoaudio.cli.ending import terminable
from itoaudio.cli.loading import load
from itoaudio.cli.options import (
    NOT_EMPTY,
    check_json,
    given,
    json_option,
    kind_option,
    sampling_options,
    speaking_options,
    tell,
)
from itoaudio.cli.outlets import Timestamps, checked_kind, loudspeakers, outlet

if TYPE_CHECKING:
    from itoaudio.runtime import Spoken, Voice


@click.command("say")
@click.argument("text", required=False)
@texts.file_option
@texts.format_in_option
@click.option(
    "-o",
    "--output",
    type=NOT_EMPTY,
    metavar="FILE",
    show_default="out.wav",
    help="WAV, FLAC, MP3, OGG (Vorbis), OPUS or PCM by its suffix; - is stdout, as it is spoken.",
)
@kind_option
@click.option("--play", is_flag=True, help="Play it, and write a file only with -o. Needs itoaudio[play].")
@click.option(
    "--timestamps",
    type=NOT_EMPTY,
    metavar="FILE",
    help="Also write when each word is heard: .json, .srt, .vtt or .TextGrid.",
)
@click.option(
    "--batch",
    type=NOT_EMPTY,
    metavar="FILE",
    help="Speak each line of a text file, or of a metadata.csv, to -d.",
)
@click.option(
    "-d",
    "--folder",
    type=NOT_EMPTY,
    metavar="FOLDER",
    help="Where --batch puts its files; it resumes there.",
)
@bulk.ray_option
@bulk.processes_option
@bulk.shard_option
@json_option
@speaking_options
@texts.lexicon_option
@sampling_options
@click.pass_context
def command(
    context: click.Context,
    text: str | None,
    source: str | None,
    markup: str | None,
    batch: str | None,
    folder: str | None,
    ray: str | None,
    processes: int | None,
    shard_lines: int,
    as_json: bool,
    voice: str | None,
    lexicon: str | None,
    threads: int | None,
    **options: Any,
) -> None:
    """Speak TEXT; - or nothing reads it from stdin.

    \b
    ito say "Hello." -o hello.wav
    ito say --file book.md -o book.mp3 --speed 1.2 --timestamps book.srt
    ito say - -o - --format mp3 < book.txt | player
    ito say --batch metadata.csv -d spoken --format flac
    ito say --batch s3://books/lines.jsonl -d s3://books/audio --ray auto
    ito say "Hello." --sde vp --sampler reverse_diffusion --corrector-snr 0.16 --steps 100
    """
    output, kind, play = options.pop("output"), options.pop("kind"), options.pop("play")
    timestamps = options.pop("timestamps")
    if (batch is None) != (folder is None):
        raise click.UsageError("--batch and -d go together: a list of texts, and a folder for their sound")
    sharded = bulk.meant(batch, folder, ray, processes)
    job = _Job(options=given(options), play=play)
    if batch is not None and folder is not None:
        if text is not None or source is not None or play or output is not None or as_json:
            raise click.UsageError("--batch writes to -d: leave out TEXT, --file, -o, --play and --json")
        context.with_resource(terminable())
        if sharded:
            if timestamps is not None:
                raise click.UsageError("--timestamps are not written into shards")
            job.load(voice, threads, lexicon)  # as every worker will: mistakes show before there are any
            way = {"ray": ray, "processes": processes, "threads": threads or 1, "shard_lines": shard_lines}
            settings = job.options | {"markup": markup or "auto"}
            named = {"voice": voice, "lexicon": lexicon, "suffix": f".{kind or 'flac'}", "options": settings}
            context.exit(1 if bulk.run(batch, folder, **way, **named) else 0)
        job.load(voice, threads, lexicon)
        if job.batch(Path(batch), Path(folder), kind or "wav", timestamps, markup or "auto"):
            context.exit(1)
        return
    output = output or (None if play else "out.wav")
    check_json(as_json, output)
    kind = checked_kind(output, kind) if output else None
    if timestamps:
        check_timestamps(timestamps)
        if output and Path(timestamps).resolve() == Path(output).resolve():
            raise click.UsageError(f"--timestamps {timestamps} is the file of the sound: name another")
    context.with_resource(terminable())
    spoken, job.options["markup"] = texts.read(text, source, markup)
    begun = time.perf_counter()
    job.load(voice, threads, lexicon)
    seconds = job.speak(spoken, output, kind, timestamps, progress=True)
    taken = time.perf_counter() - begun
    facts = {"output": output, "seconds": seconds, "seconds_taken": taken, "timestamps": timestamps}
    made = {"sample_rate": job.voice.sample_rate, "voice": job.voice.spec.name}
    line = f"{output or 'played'}: {seconds:.2f} s of speech in {taken:.2f} s"
    tell(line, as_json, **facts, **made)


class _Job:
    """What one call of the command asks of the voice."""

    def __init__(self, *, options: dict[str, Any], play: bool) -> None:
        self.options, self.play = options, play
        self.voice: Voice

    def load(self, voice: str | None, threads: int | None, lexicon: str | None) -> None:
        self.voice = load(voice, threads, lexicon, self.options)

    def speak(
        self,
        text: str,
        output: str | None,
        kind: str | None,
        timestamps: str | Path | None,
        *,
        progress: bool = False,
    ) -> float:
        """Speak one text to all that it goes to; its length in seconds."""
        # The first stretch is asked for before a file is opened: most mistakes show by then.
        stream = self.voice.stream(text, **self.options)
        rate, seconds = self.voice.sample_rate, 0.0
        noted = Timestamps(timestamps, rate, self.voice.spec.mel.hop_samples) if timestamps else None
        with ExitStack() as stack:
            ways = [stack.enter_context(loudspeakers(rate))] if self.play else []
            if output and kind:
                ways.append(stack.enter_context(outlet(output, kind, rate)))
            for part in _shown(stream) if progress else stream:
                for way in ways:
                    way(part.audio)
                if noted:
                    noted.add(part)
                seconds += part.audio.duration_seconds
            if noted:
                noted.write()  # before the sound appears, by which a batch knows what is done
        return seconds

    def batch(self, path: Path, folder: Path, kind: str, timestamps: str | None, markup: str) -> int:
        """Speak a list of texts; how many could not be spoken. Of `timestamps` the suffix counts."""
        from itoaudio.cli import batch

        self.options["markup"] = markup
        suffix = timestamps and check_timestamps(timestamps)

        def speak(text: str, target: Path) -> float:
            times = target.with_suffix(suffix) if suffix else None
            return self.speak(text, str(target), kind, times)

        return batch.run(path, folder, [f".{kind}", *([suffix] if suffix else [])], speak)


def check_timestamps(path: str) -> str:
    """The suffix of a file of timestamps; what cannot be written is refused. `.srt` alone is one."""
    from itoaudio.runtime.timestamps import writer_of

    suffix = Path(path).suffix or path
    try:
        writer_of(suffix)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not Path(path).absolute().parent.is_dir():
        raise click.UsageError(f"{path}: there is no folder {Path(path).parent}")
    return suffix


def _shown(stream: "Iterator[Spoken]") -> "Iterator[Spoken]":
    """`stream`, with a bar on a terminal."""
    screen = sys.stderr if sys.stderr.isatty() else io.StringIO()
    with click.progressbar(stream, label="speaking", file=screen) as parts:
        yield from parts
