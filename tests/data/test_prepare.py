"""Preparing a corpus: same bytes however it got there, and nothing but the guilty clip is lost."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from itoaudio.audio.loudness import loudness
from itoaudio.data.config import CorpusConfig
from itoaudio.data.features import Features, Stored
from itoaudio.data.manifest import read_manifest
from itoaudio.data.parallel import each
from itoaudio.data.prepare import cache_folder, prepare
from itoaudio.data.recipes import CorpusError

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def tone(seconds, rate=22050, channels=1, seed=0):
    t = np.arange(int(seconds * rate)) / rate
    sound = sum(0.1 / k * np.cos(2 * np.pi * k * (130 + 10 * seed) * t) for k in range(1, 12))
    sound *= np.clip(3 * np.sin(np.pi * t / seconds), 0, 1)
    return np.stack([sound] * channels, axis=1).astype(np.float32)


@pytest.fixture
def corpus(tmp_path):
    """Four good recordings of other rates and channels, and six that are wrong each in its own way."""
    folder = tmp_path / "corpus"
    (folder / "wavs").mkdir(parents=True)
    for name, (rate, channels) in {
        "a": (22050, 1),
        "b": (48000, 2),
        "c": (16000, 1),
        "d": (44100, 1),
    }.items():
        soundfile.write(folder / "wavs" / f"{name}.wav", tone(0.8, rate, channels, seed=ord(name) % 4), rate)
    soundfile.write(folder / "wavs" / "short.wav", tone(0.1), 22050)
    soundfile.write(folder / "wavs" / "nan.wav", np.full(9000, np.nan, np.float32), 22050, subtype="FLOAT")
    soundfile.write(folder / "wavs" / "foreign.wav", tone(0.8), 22050)
    soundfile.write(folder / "wavs" / "long.wav", np.zeros(61 * 8000, np.float32), 8000)
    (folder / "wavs" / "noise.wav").write_bytes(b"RIFF, but nothing else")
    texts = {"a": "One.", "b": "Two.", "c": "Three.", "d": "Four.", "foreign": "日本"}
    rows = [
        f"{n}|{texts.get(n, 'Said.')}" for n in (*"abcd", "short", "nan", "foreign", "long", "noise", "gone")
    ]
    (folder / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    return CorpusConfig(name="mixed", recipe="auto", folder=str(folder), validation=0.3, test=0.0)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_bad_clips_are_named_and_left_out(corpus, tmp_path, caplog):
    folder = prepare(corpus, tmp_path / "cache", workers=1)
    assert [item.id for item in read_manifest(folder / "manifest.jsonl")] == list("abcd")
    for name, reason in {
        "short": "only 0.10 s",
        "nan": "no numbers",
        "foreign": "日本",
        "long": "61 s long",
        "noise": "not an audio file",
        "gone": "no .wav",
    }.items():
        assert any(name in m and reason in m for m in caplog.messages), (name, caplog.messages)


def test_same_bytes_whatever_the_workers_and_after_a_stop(corpus, tmp_path):
    whole = contents(prepare(corpus, tmp_path / "one", workers=1))
    assert contents(prepare(corpus, tmp_path / "two", workers=2)) == whole
    broken = cache_folder(corpus, tmp_path / "three")
    broken.mkdir(parents=True)
    (broken / "a.npz").write_bytes(whole["a.npz"])
    (broken / "b.npz").write_bytes(whole["b.npz"][:1000])  # as a full disk would leave it
    assert contents(prepare(corpus, tmp_path / "three", workers=1)) == whole


def test_what_is_there_is_kept_unless_its_recording_changed(corpus, tmp_path):
    folder = prepare(corpus, tmp_path / "cache", workers=1)
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    soundfile.write(Path(corpus.folder) / "wavs" / "a.wav", tone(1.1, seed=3), 22050)
    prepare(corpus, tmp_path / "cache", workers=1)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    assert {name for name in after if after[name] != before[name]} == {"a.npz"}
    item = next(item for item in read_manifest(folder / "manifest.jsonl") if item.id == "a")
    assert item.frames == Features.load(folder / "a.npz").frames == Stored.of(folder / "a.npz").frames


def test_loudness_is_set_on_request_and_else_old_caches_stay_good(corpus, tmp_path):
    loud = msgspec.structs.replace(corpus, loudness_lufs=-23.0)
    assert loud.digest != corpus.digest
    shipped = CorpusConfig(name="kathleen", recipe="ljspeech", folder="any", corrections="kathleen")
    assert shipped.digest == "98ca5b96599c3220"
    folder = prepare(loud, tmp_path / "cache", workers=1)
    for name in "abcd":
        assert loudness(Features.load(folder / f"{name}.npz").audio, 22050) == pytest.approx(-23.0, abs=0.2)


def test_a_full_disk_is_no_clips_fault(corpus, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "x.npz")

    monkeypatch.setattr(Features, "save", full)
    with pytest.raises(OSError, match="No space left"):
        prepare(corpus, tmp_path / "cache", workers=1)
    assert not (cache_folder(corpus, tmp_path / "cache") / "manifest.jsonl").exists()
    monkeypatch.undo()
    assert len(read_manifest(prepare(corpus, tmp_path / "cache", workers=1) / "manifest.jsonl")) == 4


def test_no_usable_clip_is_an_error(corpus, tmp_path):
    (Path(corpus.folder) / "metadata.csv").write_text("short|Said.\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="none of its 1 recordings"):
        prepare(corpus, tmp_path / "cache", workers=1)


@pytest.mark.parametrize("end", [os.kill, os.killpg])
def test_a_termination_leaves_whole_features_and_no_manifest(tmp_path, end):
    """SIGTERM to the command, and to its processes as well, as a supervisor sends it."""
    (tmp_path / "wavs").mkdir()
    names = [f"u{number}" for number in range(60)]
    for name in names:
        soundfile.write(tmp_path / "wavs" / f"{name}.wav", tone(3.0), 22050)
    rows = [f"{name}|Said {number}." for number, name in enumerate(names)]
    (tmp_path / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    config = f"corpus: {{name: toy, recipe: ljspeech, folder: '{tmp_path}'}}"
    (tmp_path / "toy.yaml").write_text(config, encoding="utf-8")
    ito = [sys.executable, "-c", "from itoaudio.cli import main; main()"]
    running = subprocess.Popen(
        [*ito, "prepare", str(tmp_path / "toy.yaml"), "--cache", str(tmp_path / "cache")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while running.poll() is None and not list(tmp_path.glob("cache/*/*.npz")):
        time.sleep(0.01)
    end(running.pid, signal.SIGTERM)
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told.splitlines()[-1:]) == (143, ["ito: error: terminated"])
    assert "Traceback" not in told
    left = list(tmp_path.glob("cache/*/*"))
    assert 0 < len(left) < len(names)
    assert [path for path in left if path.suffix != ".npz" or Stored.of(path) is None] == []


def square_unless_deadly(job):
    if job == 3:
        os._exit(9)
    return job * job


def test_a_clip_that_kills_its_process_costs_that_clip_only():
    found = each(square_unless_deadly, list(range(8)), workers=2, title="test", lost=lambda job: -job)
    assert found == [0, 1, 4, -3, 16, 25, 36, 49]


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the given corpora are not beside this repository")
@pytest.mark.parametrize(
    ("name", "recipe"), [("kathleen-original-sample", "wav_text"), ("ljspeech-mini", "ljspeech")]
)
def test_given_corpora_in_their_own_layout(name, recipe, tmp_path):
    """48 kHz stereo with .txt files, and LJSpeech itself: all of their recordings can be used."""
    config = CorpusConfig(name=name, recipe=recipe, folder=str(CORPORA / name))
    items = read_manifest(prepare(config, tmp_path, workers=1) / "manifest.jsonl")
    assert len(items) == 8
    assert all(100 < item.frames < 900 for item in items)
    shutil.rmtree(tmp_path)
