import os
from pathlib import Path

import pytest

from itoaudio.data.manifest import Utterance, part_of, path_from, read_manifest, write_manifest


def test_takes_of_one_sentence_stand_on_one_side():
    shares = {"seed": 0, "validation": 0.3, "test": 0.3}
    for text in ("How are you?", "I am here, daddy.", "Quite so."):
        parts = {part_of(variant, **shares) for variant in (text, text.upper(), text.rstrip(".?"))}
        assert len(parts) == 1


def test_shares_are_about_what_was_asked():
    parts = [part_of(f"sentence {i}", seed=3, validation=0.1, test=0.2) for i in range(4000)]
    assert abs(parts.count("test") / 4000 - 0.2) < 0.025
    assert abs(parts.count("validation") / 4000 - 0.1) < 0.02


def test_round_trip(tmp_path):
    items = [Utterance(id="a", audio="a.wav", text="Hé", phonemes="hˈeɪ", part="train", frames=7)]
    write_manifest(tmp_path / "manifest.jsonl", items)
    assert read_manifest(tmp_path / "manifest.jsonl") == items
    with pytest.raises(ValueError, match="ito prepare"):
        read_manifest(tmp_path / "none.jsonl")


def test_a_path_to_another_drive_is_absolute(tmp_path, monkeypatch):
    assert path_from(tmp_path / "cache", tmp_path / "a.wav") == os.path.join("..", "a.wav")

    def drives_differ(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", drives_differ)
    monkeypatch.chdir(tmp_path)
    assert path_from(tmp_path / "cache", Path("a.wav")) == str(tmp_path / "a.wav")


@pytest.mark.parametrize("kind", ["beside the manifest", "of an older version", "absolute"])
def test_recordings_are_found_from_the_manifest(tmp_path, monkeypatch, kind):
    (tmp_path / "cache").mkdir()
    (tmp_path / "a.wav").touch()
    monkeypatch.chdir(tmp_path)
    audio = {"beside the manifest": "../a.wav", "of an older version": "a.wav"}.get(kind, f"{tmp_path}/a.wav")
    item = Utterance(id="a", audio=audio, text="Hé", phonemes="hˈeɪ", part="train", frames=7)
    write_manifest(tmp_path / "cache" / "manifest.jsonl", [item])
    places = [Path("cache"), tmp_path / "cache"]
    if kind != "of an older version":
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        places[0] = Path("../cache")
    for place in places:
        (found,) = read_manifest(place / "manifest.jsonl")
        assert Path(found.audio).samefile(tmp_path / "a.wav")
