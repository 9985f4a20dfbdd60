"""The recordings of a prepared corpus that no voice learned from."""

from pathlib import Path

from itoaudio.data.manifest import Utterance, read_manifest


def held_out(cache: Path, count: int, *, part: str = "validation") -> list[Utterance]:
    """The last take of each of the first `count` texts of a part."""
    takes = {item.text: item for item in read_manifest(cache / "manifest.jsonl") if item.part == part}
    return list(takes.values())[:count]
