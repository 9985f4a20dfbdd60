"""Corpus recipes: how the recordings and texts of a folder are found. Each answers a list of `Source`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Source:
    """One recording as it lies in the corpus."""

    id: str
    audio: Path
    text: str


class CorpusError(ValueError):
    """A corpus that cannot be read: the message names the file and the mend."""


def ljspeech(folder: Path) -> list[Source]:
    """`metadata.csv` with `id|text|normalised text` (no quoting) beside `wavs/ID.wav` or `.flac`."""
    table = folder / "metadata.csv"
    if not table.is_file():
        raise CorpusError(f"{table}: no such file; the recipe `ljspeech` wants metadata.csv beside wavs/")
    sources = []
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split("|")
        if len(parts) < 2 or not parts[1].strip():
            raise CorpusError(f"{table}:{number}: {line!r} is not `id|text` or `id|text|normalised text`")
        sources.append(Source(id=parts[0], audio=_audio(folder / "wavs", parts[0]), text=parts[-1].strip()))
    return sources


def wav_text(folder: Path) -> list[Source]:
    """A folder, searched in depth, of audio files each beside a `.txt` of the same stem (Kathleen's own
    layout)."""
    sources = [
        Source(
            id=text.stem, audio=_audio(text.parent, text.stem), text=text.read_text(encoding="utf-8").strip()
        )
        for text in sorted(folder.rglob("*.txt"))
    ]
    if not sources:
        raise CorpusError(f"{folder}: no .txt found; the recipe `wav_text` wants NAME.wav beside NAME.txt")
    return sources


RECIPES: dict[str, Callable[[Path], list[Source]]] = {"ljspeech": ljspeech, "wav_text": wav_text}


def _audio(folder: Path, stem: str) -> Path:
    for suffix in (".wav", ".flac", ".ogg", ".mp3"):
        if (folder / f"{stem}{suffix}").is_file():
            return folder / f"{stem}{suffix}"
    raise CorpusError(f"{folder / stem}: no .wav, .flac, .ogg or .mp3 of this name")
