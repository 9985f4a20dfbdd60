"""Prepared features as tar shards at any URL, in WebDataset's layout: for machines that share no disk.

`shards.json`, written last, says what each shard holds, so that a reader finds the place of any step without
reading what lies before it; and the corpus' statistics, so that none need be measured again.
"""

import io
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import fsspec
import msgspec
import numpy as np
from fsspec.core import url_to_fs

from .acoustic import load, statistics
from .config import CorpusConfig
from .features import Features
from .manifest import Part, Utterance, read_manifest

INDEX = "shards.json"
PARTS: tuple[Part, ...] = ("train", "validation")


class Shard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tar file's name, and its utterances in their order."""

    name: str
    utterances: tuple[Utterance, ...]


class Index(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All shards of a corpus. digest: of the corpus' config; statistics: as `acoustic.statistics` answers."""

    digest: str
    parts: dict[str, tuple[Shard, ...]]
    statistics: dict[str, list]

    def arrays(self) -> dict[str, np.ndarray]:
        """The statistics as arrays."""
        return {name: np.array(values) for name, values in self.statistics.items()}


def write_shards(corpus: CorpusConfig, folder: Path, url: str, *, size: int = 64) -> Index:
    """Features of the prepared `folder` as shards of `size` utterances below `url`. The order is drawn from
    the corpus' seed, so that neighbours in a shard are no neighbours in the corpus."""
    system, root = url_to_fs(url)
    utterances = read_manifest(folder / "manifest.jsonl")
    system.makedirs(root, exist_ok=True)
    if system.exists(f"{root}/{INDEX}"):  # with it, shards that are half rewritten would look whole
        system.rm_file(f"{root}/{INDEX}")
    parts: dict[str, tuple[Shard, ...]] = {}
    for part in PARTS:
        found = [item for item in utterances if item.part == part]
        order = np.random.default_rng(corpus.seed).permutation(len(found))
        mixed = [found[index] for index in order]
        shards = []
        for start in range(0, len(mixed), size):
            shard = Shard(f"{part}-{start // size:06d}.tar", tuple(mixed[start : start + size]))
            path = f"{root}/{shard.name}"
            opened = system.open(path, "wb")  # where that fails, what is there stays
            with _whole(system, path), opened as file:
                _write(file, shard, folder)
            shards.append(shard)
        parts[part] = tuple(shards)
    speakers = sorted({item.speaker for item in utterances})
    recordings = load(folder, "train", speakers)
    measured = {name: values.tolist() for name, values in statistics(recordings).items()}
    index = Index(digest=corpus.digest, parts=parts, statistics=measured)
    with _whole(system, f"{root}/{INDEX}"):
        system.pipe_file(f"{root}/{INDEX}", msgspec.json.encode(index))
    return index


@contextmanager
def _whole(system: fsspec.AbstractFileSystem, path: str) -> Iterator[None]:
    """Inside, the file at `path` is written; what breaks off leaves none."""
    try:
        yield
    except BaseException:
        with suppress(Exception):  # there may be none, and what a store raises must not hide the cause
            system.rm_file(path)
        raise


def _write(file: object, shard: Shard, folder: Path) -> None:
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.USTAR_FORMAT) as tar:  # type: ignore[call-overload]
        for number, item in enumerate(shard.utterances):
            # Members are numbered: WebDataset takes all before the first dot as the key.
            content = (folder / f"{item.id}.npz").read_bytes()
            for suffix, data in ((".json", msgspec.json.encode(item)), (".npz", content)):
                member = tarfile.TarInfo(f"{number:06d}{suffix}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


def read_index(url: str, corpus: CorpusConfig) -> Index:
    """The index of the shards at `url`. ValueError when there is none, or they are of other features."""
    try:
        with fsspec.open(f"{url}/{INDEX}", "rb") as file:
            index = msgspec.json.decode(file.read(), type=Index)
    except FileNotFoundError:
        raise ValueError(f"{url}: no {INDEX}; write the shards with `ito prepare --shards`") from None
    except (msgspec.DecodeError, ImportError, ValueError) as error:
        raise ValueError(f"{url}/{INDEX}: {error}") from None
    if index.digest != corpus.digest:
        raise ValueError(f"{url}: shards of other features than the config's corpus; write them anew")
    return index


def read_shard(url: str, shard: Shard, *, start: int = 0) -> Iterator[Features]:
    """Features of a shard's utterances from the one at `start` on, one by one as they arrive. ValueError
    names a shard that is cut."""
    wanted = start
    try:
        blocks: Any = _Blocks(f"{url}/{shard.name}")
        with closing(tarfile.open(fileobj=blocks, mode="r|")) as tar:
            for member in tar:
                if member.name == f"{wanted:06d}.npz":
                    content = tar.extractfile(member)
                    assert content is not None
                    yield Features.load(cast(Path, io.BytesIO(content.read())))
                    wanted += 1
    except (tarfile.ReadError, EOFError, FileNotFoundError) as error:
        raise ValueError(f"{url}/{shard.name}: cut or missing ({error}); write the shards anew") from None
    if wanted != len(shard.utterances):
        raise ValueError(f"{url}/{shard.name}: cut after {wanted} of {len(shard.utterances)} utterances")


class _Blocks:
    """A file at a URL, read on from its start by ranges: no connection is held between two utterances."""

    BYTES = 1 << 22

    def __init__(self, url: str) -> None:
        self.system, self.path = url_to_fs(url)
        self.size = int(self.system.size(self.path))
        self.position, self.block = 0, b""

    def read(self, count: int) -> bytes:
        """Up to `count` bytes; fewer at the end of the file only."""
        while len(self.block) < count and self.position < self.size:
            end = min(self.size, self.position + max(self.BYTES, count))
            self.block += bytes(self.system.cat_file(self.path, start=self.position, end=end))
            self.position = end
        found, self.block = self.block[:count], self.block[count:]
        return found
