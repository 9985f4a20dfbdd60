import pytest

from itoaudio.data.corrections import load
from itoaudio.data.recipes import RECIPES, CorpusError


def test_ljspeech_layout(tmp_path):
    (tmp_path / "wavs").mkdir()
    (tmp_path / "wavs/a.flac").touch()
    (tmp_path / "metadata.csv").write_text("a|Dr. Who|Doctor Who\n", encoding="utf-8")
    (source,) = RECIPES["ljspeech"](tmp_path)
    assert (source.id, source.text, source.audio.name) == ("a", "Doctor Who", "a.flac")


def test_audio_beside_text(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/b.wav").touch()
    (tmp_path / "data/b.txt").write_text("Hello.\n", encoding="utf-8")
    (source,) = RECIPES["wav_text"](tmp_path)
    assert (source.id, source.text) == ("b", "Hello.")


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"metadata\.csv"):
        RECIPES["ljspeech"](tmp_path)
    (tmp_path / "metadata.csv").write_text("gone|text|text\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="gone"):
        RECIPES["ljspeech"](tmp_path)
    (tmp_path / "metadata.csv").write_text("no separator\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=":1:"):
        RECIPES["ljspeech"](tmp_path)
    with pytest.raises(CorpusError, match=r"\.txt"):
        RECIPES["wav_text"](tmp_path)


def test_corrections_restore_question_marks():
    table = load("kathleen")
    assert len(table) >= 35
    assert all(new.endswith("?") and old[:-1] == new[:-1] for old, new in table.items())
    with pytest.raises(ValueError, match="nobody"):
        load("nobody")
