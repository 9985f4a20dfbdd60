"""`ito say --batch`: a list of texts to a folder of files. What is there already is kept, so it resumes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from itoaudio.cli.texts import decoded
from itoaudio.rows import split_rows


@dataclass(frozen=True)
class Line:
    """A text and the name of its file without the suffix."""

    name: str
    text: str


def lines(path: Path) -> Iterator[Line]:
    """Of metadata.csv, `name|text` or `name|text|text to read`, as LJSpeech has it; else a text a line.

    A line's number is its name then. ClickException for a line that names no file.
    """
    found = split_rows(decoded(path.read_bytes(), str(path)))
    digits = max(4, len(str(len(found))))
    for number, row in enumerate(found, 1):
        if not row.strip():
            continue
        if path.suffix.lower() == ".csv":
            name, *texts = row.split("|")
            name = name.strip().removesuffix(".wav")
            if not texts or not name or Path(name).name != name or name.startswith("."):
                raise click.ClickException(f"{path}, line {number}: {row[:60]!r} is not NAME|TEXT")
            yield Line(name, next((text for text in reversed(texts) if text.strip()), ""))
        else:
            yield Line(f"{number:0{digits}}", row)


def run(path: Path, folder: Path, suffixes: Sequence[str], speak: Callable[[str, Path], float]) -> int:
    """Speak what is missing in `folder` with `speak`, which answers seconds; the number of lines that failed.

    suffixes: of the sound, and of all else that `speak` writes beside it.

    A line that cannot be spoken is named on stderr and costs the others nothing.
    """
    found = list(lines(path))
    names = [line.name for line in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise click.ClickException(f"{path}: {twice!r} names two lines, which would share a file")
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"-d {folder} is a file: give a folder, which need not exist yet")
    folder.mkdir(parents=True, exist_ok=True)
    kept, failed, seconds = 0, 0, 0.0
    for number, line in enumerate(found, 1):
        target = folder / f"{line.name}{suffixes[0]}"
        if all(target.with_suffix(suffix).exists() for suffix in suffixes):
            kept += 1
            continue
        try:
            length = speak(line.text, target)
        except ValueError as error:
            failed += 1
            click.echo(f"{line.name}: {error}", err=True)
            continue
        seconds += length
        click.echo(f"{number}/{len(found)} {target}: {length:.2f} s", err=True)
    spoken = len(found) - kept - failed
    click.echo(f"{spoken} spoken ({seconds:.1f} s), {kept} there already, {failed} failed", err=True)
    return failed
