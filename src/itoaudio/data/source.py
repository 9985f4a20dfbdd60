"""What a corpus holds before anything is made of it: recordings with texts, and what lacks one of both."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
FaultKind = Literal["text_without_audio", "audio_without_text", "empty_text", "bad_line"]


class CorpusError(ValueError):
    """A corpus that cannot be read: the message names the file and the mend."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One recording as it lies in the corpus. id: distinct, and fit for a file's name; speaker: "" if one."""

    id: str
    audio: Path
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Fault:
    """What could not become a `Source`. place: the id, file or line it is about."""

    kind: FaultKind
    place: str
    detail: str


@dataclass(frozen=True)
class Listing:
    """All of a corpus, read by the recipe of this name."""

    recipe: str
    sources: tuple[Source, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Names of the speakers, in the alphabet's order; ("",) for one without a name."""
        return tuple(sorted({source.speaker for source in self.sources}))


@lru_cache(maxsize=1024)
def audio_in(folder: Path) -> MappingProxyType[str, Path]:
    """Stem -> audio file of a folder, WAV before FLAC before the others; empty when there is no folder."""
    if not folder.is_dir():
        return MappingProxyType({})
    files = [path for path in folder.iterdir() if path.suffix.lower() in AUDIO_SUFFIXES]
    files.sort(key=lambda path: AUDIO_SUFFIXES.index(path.suffix.lower()), reverse=True)
    return MappingProxyType({path.stem: path for path in files})


def find_audio(name: str, folders: tuple[Path, ...]) -> Path | None:
    """The audio file that `name` means in one of `folders`: a path with or without its suffix, or None."""
    for folder in folders:
        path = folder / name
        if path.suffix.lower() in AUDIO_SUFFIXES and path.is_file():
            return path
        stem = path.stem if path.suffix.lower() in AUDIO_SUFFIXES else path.name
        if stem in (found := audio_in(path.parent)):
            return found[stem]
    return None


def stem_of(name: str) -> str:
    """`name` of a recording without an audio file's suffix."""
    path = Path(name)
    return str(path.with_suffix("")) if path.suffix.lower() in AUDIO_SUFFIXES else name


def safe_id(name: str) -> str:
    """`name` as part of a file's name: no separators, no leading dot, 120 characters at most."""
    return re.sub(r"[^\w.\- ]", "_", name).strip(". ")[-120:] or "_"
