"""Features streamed from shards at any URL: rows are a function of (seed, step), whoever reads them."""

import tarfile
from dataclasses import fields

import fsspec
import msgspec
import numpy as np
import pytest

from itoaudio.audio.mel import MelSpec
from itoaudio.data.config import CorpusConfig
from itoaudio.data.crops import CropSettings
from itoaudio.data.features import Features
from itoaudio.data.manifest import Utterance, write_manifest
from itoaudio.data.shards import INDEX, read_index, read_shard, write_shards
from itoaudio.data.streams import AcousticStream, VocoderStream
from itoaudio.text.symbols import SymbolTable

SPEC = MelSpec(bands=4)
CORPUS = CorpusConfig(name="toy", recipe="ljspeech", folder="none", mel=SPEC)
TABLE = SymbolTable(tuple("_abcd "))
SETTINGS = CropSettings(frames=8, batch=4)
URL = "memory://bucket/toy"


def features(seed: int, frames: int) -> Features:
    rng = np.random.default_rng(seed)
    values = {
        "audio": rng.normal(size=frames * SPEC.hop_samples),
        "pulse": rng.normal(size=frames * SPEC.hop_samples),
        "log_mel": rng.normal(size=(SPEC.bands, frames)),
        "log_f0": 5 + rng.normal(size=frames),
        "voicing": rng.uniform(size=frames),
    }
    return Features(**{field.name: values[field.name].astype(np.float32) for field in fields(Features)})


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Eleven utterances, of 10 to 40 frames, in shards of three; the last but one is too short for crops."""
    folder = tmp_path_factory.mktemp("cache")
    utterances = []
    for n in range(11):
        frames = 10 if n == 9 else 20 + 2 * n
        features(n, frames).save(folder / f"u{n}.npz")
        part = "validation" if n == 10 else "train"
        utterances.append(Utterance(id=f"u{n}", audio="", text="ab", phonemes="ab", part=part, frames=frames))
    write_manifest(folder / "manifest.jsonl", utterances)
    return write_shards(CORPUS, folder, URL, size=3)


def stream(**more) -> VocoderStream:
    return VocoderStream(URL, CORPUS, "train", SETTINGS, **{"seed": 1, "steps": 50} | more)


def equal(one, other) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


def test_shards_give_back_the_features(index):
    assert [len(shard.utterances) for shard in index.parts["train"]] == [3, 3, 3, 1]
    shard = index.parts["train"][1]
    found = list(read_shard(URL, shard, start=1))
    expected = features(int(shard.utterances[2].id[1:]), shard.utterances[2].frames)
    assert len(found) == 2
    np.testing.assert_array_equal(found[1].log_mel, expected.log_mel)


@pytest.mark.usefixtures("index")
def test_any_start_and_any_number_of_shares_reads_the_same_rows():
    unbroken = stream()
    batches = [unbroken[step] for step in range(12)]
    resumed = stream()
    assert equal(resumed[7], batches[7])
    assert equal(resumed[2], batches[2]), "back as well, as validation goes"
    for share in range(2):
        part = stream().share(5, share, 2)
        assert equal(part, {name: values[share::2] for name, values in batches[5].items()})
    assert not equal(stream(seed=2)[0], batches[0])


@pytest.mark.usefixtures("index")
def test_lanes_see_all_utterances_by_their_length_and_name_them():
    source = stream()
    names = [name for step in range(40) for name in source.ids(step)]
    assert set(names) == {f"u{n}" for n in range(9)}
    assert names.count("u8") > 1.2 * names.count("u0")
    opened = [source.lanes.item(row, 3)[0].id for row in range(4)]
    assert opened == source.ids(3)


@pytest.mark.usefixtures("index")
def test_acoustic_batches_stream_too():
    def made() -> AcousticStream:
        return AcousticStream(URL, CORPUS, "train", TABLE, batch_size=4, steps=9, seed=0)

    batch, part = made()[6], made().share(6, 1, 2)
    assert batch.frames[1::2].tolist() == part.frames.tolist()
    assert len(made().ids(6)) == 4
    assert read_index(URL, CORPUS).arrays()["mel_mean"].shape == (4, 1)


def test_what_breaks_off_leaves_no_shard(tmp_path, monkeypatch):
    features(0, 20).save(tmp_path / "u.npz")
    item = Utterance(id="u", audio="", text="ab", phonemes="ab", part="train", frames=20)
    write_manifest(tmp_path / "manifest.jsonl", [item])

    def broken(tar, member, content):
        tar.fileobj.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(tarfile.TarFile, "addfile", broken)
    with pytest.raises(KeyboardInterrupt):
        write_shards(CORPUS, tmp_path, str(tmp_path / "shards"))
    assert list((tmp_path / "shards").iterdir()) == []


def test_a_store_that_fails_costs_no_good_shard_and_leaves_no_index(tmp_path, monkeypatch):
    for name in ("u", "v"):
        features(0, 20).save(tmp_path / f"{name}.npz")
    items = [
        Utterance(id=name, audio="", text="ab", phonemes="ab", part="train", frames=20) for name in ("u", "v")
    ]
    write_manifest(tmp_path / "manifest.jsonl", items)
    system, url = fsspec.filesystem("memory"), "memory://failing/toy"
    write_shards(CORPUS, tmp_path, url, size=1)
    kept = system.cat_file("/failing/toy/train-000001.tar")

    class Refused(Exception):
        """As stores raise: no OSError."""

    opened = type(system).open

    def refuse(self, path, mode="rb", **more):
        if mode == "wb" and path.endswith("train-000001.tar"):
            raise OSError("the store is full")
        return opened(self, path, mode, **more)

    monkeypatch.setattr(type(system), "open", refuse)
    with pytest.raises(OSError, match="store is full"):
        write_shards(CORPUS, tmp_path, url, size=1)
    assert system.cat_file("/failing/toy/train-000001.tar") == kept
    assert not system.exists(f"/failing/toy/{INDEX}")

    def broken(*_):
        raise KeyboardInterrupt

    def undeletable(self, path):
        raise Refused(path)

    monkeypatch.setattr(tarfile.TarFile, "addfile", broken)
    monkeypatch.setattr(type(system), "rm_file", undeletable)
    with pytest.raises(KeyboardInterrupt):
        write_shards(CORPUS, tmp_path, url, size=1)


def test_a_cut_shard_and_other_features_are_named(index):
    shard = index.parts["train"][0]
    system = fsspec.filesystem("memory")
    whole = system.cat_file(f"/bucket/toy/{shard.name}")
    system.pipe_file(f"/bucket/toy/{shard.name}", whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=f"{shard.name}: cut"):
        list(read_shard(URL, shard))
    system.pipe_file(f"/bucket/toy/{shard.name}", whole)
    other = msgspec.structs.replace(CORPUS, margin_seconds=0.5)
    with pytest.raises(ValueError, match="shards of other features"):
        VocoderStream(URL, other, "train", SETTINGS, seed=0, steps=1)
    with pytest.raises(ValueError, match=f"no {INDEX}"):
        VocoderStream("memory://nowhere", CORPUS, "train", SETTINGS, seed=0, steps=1)
