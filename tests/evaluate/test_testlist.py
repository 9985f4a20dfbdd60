"""Lists of what is spoken or copied: every form of them, and one take a sentence."""

import json

import numpy as np
import pytest
import soundfile

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


def test_a_manifest_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"gone\.jsonl"):
        read_recordings(tmp_path / "gone.jsonl")
