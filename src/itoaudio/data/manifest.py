"""The manifest: one line of JSON for each utterance, and the split by sentence text.

Takes of one sentence never stand on both sides of a split, so a figure on held-out speech is one on
held-out text.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from itoaudio.whole import write_whole

Part = Literal["train", "validation", "test"]


class Utterance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A recording with its text, phonemes (over the symbol table), part of the split and length in frames.

    audio: the recording; in the file `path_from` its folder, so that it is found from wherever a command is
    called. speaker: whose it is; "" in a corpus of one speaker without a name.
    """

    id: str
    audio: str
    text: str
    phonemes: str
    part: Part
    frames: int
    speaker: str = ""


def part_of(text: str, *, seed: int, validation: float, test: float) -> Part:
    """Part of the split of a sentence: a hash of its letters and the seed, so new sentences move no old
    one."""
    letters = "".join(character for character in text.lower() if character.isalnum())
    digest = hashlib.sha256(f"{seed}:{letters}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def path_from(folder: Path, path: Path) -> str:
    """`path` relative to `folder`; absolute where no way leads, as between two drives of Windows."""
    path = path.resolve()
    try:
        return os.path.relpath(path, folder.resolve())
    except ValueError:
        return str(path)


def write_manifest(path: Path, utterances: Iterable[Utterance]) -> None:
    """Write aside, then rename."""
    write_whole(path, b"".join(msgspec.json.encode(utterance) + b"\n" for utterance in utterances))


def read_manifest(path: Path) -> list[Utterance]:
    """All utterances of a manifest, in its order. ValueError when there is none: prepare the corpus first."""
    if not path.is_file():
        raise ValueError(f"{path}: no manifest; run `ito prepare` with the same config first")
    items = [msgspec.json.decode(line, type=Utterance) for line in path.read_bytes().splitlines()]
    return [_found(item, path.parent) for item in items]


def _found(item: Utterance, folder: Path) -> Utterance:
    """With `audio` as it is found from here; older manifests name it from where `ito prepare` was called."""
    recording = folder / item.audio
    return msgspec.structs.replace(item, audio=str(recording)) if recording.is_file() else item
