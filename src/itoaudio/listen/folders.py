"""Folders of equally named wav files, read and compared: what is missing, silent, clipped, or not alike.

What makes a test impossible is an error; what may be meant so is a note for the one who makes the test.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from itoaudio.audio.files import read
from itoaudio.listen.level import active_level, clipped

_NAME = re.compile(r"[\w.+-]+")
_LEVELS_APART_DB = 2.0
_LENGTHS_APART = 1.5


class FolderError(ValueError):
    """Folders that no fair test can be made of: the message names what to mend."""


@dataclass(frozen=True)
class Source:
    """One wav file as it is on disk."""

    path: Path
    audio: np.ndarray  # (N,) float32, mono
    sample_rate: int
    level_dbov: float
    sha256: str


def read_folders(
    folders: Mapping[str, Path], *, common: bool
) -> tuple[list[str], dict[str, dict[str, Source]]]:
    """Items, and each system's sources by item. `common`: leave out files that some folder lacks."""
    names = {system: _wav_names(system, Path(folder)) for system, folder in folders.items()}
    shared = set.intersection(*names.values())
    every = set.union(*names.values())
    if not shared:
        raise FolderError(
            "the folders have no wav file of the same name: name each system's version of a sentence alike"
        )
    if shared != every and not common:
        lacking = [
            f"{system} lacks {len(every - own)}, first {min(every - own)}"
            for system, own in names.items()
            if own != every
        ]
        raise FolderError(f"{'; '.join(lacking)}: add them, or give --common to test what all have")
    items = [Path(name).stem for name in sorted(shared)]
    return items, {
        system: {item: _read(Path(folder) / f"{item}.wav") for item in items}
        for system, folder in folders.items()
    }


def _wav_names(system: str, folder: Path) -> set[str]:
    if not _NAME.fullmatch(system):
        raise FolderError(f"{system!r} is no name for a system: use letters, digits and . _ + -")
    if not folder.is_dir():
        raise FolderError(f"{folder}: there is no such folder (system {system})")
    names = {path.name for path in folder.iterdir() if path.is_file() and path.suffix == ".wav"}
    if not names:
        raise FolderError(f"{folder}: holds no .wav file (system {system})")
    return names


def _read(path: Path) -> Source:
    audio, rate = read(path)
    level = active_level(audio, rate)
    if not np.isfinite(level):
        raise FolderError(f"{path}: is silent; leave it out, or make it anew")
    return Source(path, audio, rate, level, hashlib.sha256(path.read_bytes()).hexdigest())


def notes(sources: Mapping[str, Mapping[str, Source]]) -> list[str]:
    """What the maker of the test should know: one line each."""
    return [*_about_files(sources), *_about_systems(sources)]


def _about_files(sources: Mapping[str, Mapping[str, Source]]) -> list[str]:
    found = []
    for system, files in sources.items():
        loud = [source.path.name for source in files.values() if clipped(source.audio)]
        if loud:
            found.append(f"{system}: {len(loud)} of {len(files)} files are clipped, first {loud[0]}")
    for item in next(iter(sources.values())):
        seconds = {s: len(files[item].audio) / files[item].sample_rate for s, files in sources.items()}
        long, short = max(seconds, key=seconds.__getitem__), min(seconds, key=seconds.__getitem__)
        if seconds[long] > _LENGTHS_APART * seconds[short]:
            found.append(
                f"{item}: {seconds[long]:.1f} s by {long}, {seconds[short]:.1f} s by {short}; the same words?"
            )
    return found


def _about_systems(sources: Mapping[str, Mapping[str, Source]]) -> list[str]:
    found = []
    rates = {system: sorted({s.sample_rate for s in files.values()}) for system, files in sources.items()}
    if len({rate for some in rates.values() for rate in some}) > 1:
        told = ", ".join(f"{system} {'/'.join(map(str, some))} Hz" for system, some in rates.items())
        found.append(f"sample rates differ ({told}); all copies get the highest")
    levels = {s: float(np.mean([x.level_dbov for x in files.values()])) for s, files in sources.items()}
    if max(levels.values()) - min(levels.values()) > _LEVELS_APART_DB:
        told = ", ".join(f"{system} {level:.1f}" for system, level in levels.items())
        found.append(f"mean speech levels differ ({told} dBov)")
    digests: dict[str, str] = {}
    for system, files in sources.items():
        digest = "".join(source.sha256 for source in files.values())
        if digest in digests:
            found.append(f"{system} and {digests[digest]} hold the very same files")
        digests[digest] = system
    return found
