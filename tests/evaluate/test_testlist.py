"""Lists of what is spoken or copied: every form of them, and one take a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from itoaudio.data.config import CorpusConfig
from itoaudio.data.prepare import prepare
from itoaudio.evaluate.testlist import read_recordings


@pytest.fixture
def folder(tmp_path):
    """Three recordings in LJSpeech's layout, two of them of one sentence."""
    (tmp_path / "wavs").mkdir()
    rows = {"a": "One text.", "b": "Another text.", "c": "One text."}
    for name in rows:
        soundfile.write(tmp_path / "wavs" / f"{name}.wav", np.zeros(100), 22050)
    table = "".join(f"{name}|{text}|{text}\n" for name, text in rows.items())
    (tmp_path / "metadata.csv").write_text(table)
    return tmp_path


def test_a_folder_gives_one_take_of_a_sentence(folder):
    assert [(item.id, item.text) for item in read_recordings(folder)] == [
        ("c", "One text."),
        ("b", "Another text."),
    ]


def test_a_cleaned_manifest_of_recordings_is_a_list(folder):
    manifest = folder / "clean.jsonl"
    rows = [{"id": name, "audio": f"wavs/{name}.wav", "text": f"Text {name}."} for name in "ab"]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows))
    items = read_recordings(manifest)
    assert [(item.id, item.text) for item in items] == [("a", "Text a."), ("b", "Text b.")]
    assert all(item.recording.is_file() for item in items)


def test_a_manifest_of_features_is_a_list_wherever_it_is_read(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus = CorpusConfig(name="few", recipe="ljspeech", folder=".", validation=1.0, test=0.0)
    for name in "abc":
        t = np.arange(22050) / 22050
        soundfile.write(f"wavs/{name}.wav", 0.3 * np.sin(2 * np.pi * 200 * t) * np.sin(np.pi * t), 22050)
    manifest = prepare(corpus, Path("cache"), workers=1) / "manifest.jsonl"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    items = read_recordings(".." / manifest)
    assert [(item.id, item.text) for item in items] == [("c", "One text."), ("b", "Another text.")]
    assert all(item.recording.is_file() for item in items)


def test_a_manifest_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"gone\.jsonl"):
        read_recordings(tmp_path / "gone.jsonl")
