"""Finding a voice, and refusing one that is not whole."""

import shutil

import pytest

from itoaudio.runtime import voice_folder
from itoaudio.runtime.errors import DamagedVoice, UnknownVoice
from itoaudio.runtime.voice_folder import VoiceFolder, find, known_voices


@pytest.fixture
def voices(tmp_path, monkeypatch, toy_folder):
    """An embedded voice `alto` and a user's `bass`."""
    embedded, user = tmp_path / "embedded", tmp_path / "user"
    shutil.copytree(toy_folder, embedded / "alto")
    shutil.copytree(toy_folder, user / "bass")
    monkeypatch.setattr(voice_folder, "EMBEDDED", embedded)
    monkeypatch.setattr(voice_folder, "user_voices", lambda: user)
    return tmp_path


def test_embedded_voices_come_first(voices):
    assert known_voices() == {"alto": voices / "embedded/alto", "bass": voices / "user/bass"}
    assert find() == find("alto") == voices / "embedded/alto"
    assert find("bass") == voices / "user/bass"


def test_a_users_voice_does_not_replace_an_embedded_one(voices):
    shutil.copytree(voices / "user/bass", voices / "user/alto")
    assert find("alto") == known_voices()["alto"] == voices / "embedded/alto"


def test_a_path_is_a_voice(voices, monkeypatch):
    assert find(voices / "user/bass") == voices / "user/bass"
    monkeypatch.chdir(voices / "user")
    assert find("bass").resolve() == voices / "user/bass"


def test_an_unknown_voice_names_the_nearest(voices):
    with pytest.raises(UnknownVoice, match="'bas'; nearest: 'bass'"):
        find("bas")
    with pytest.raises(UnknownVoice, match="known: alto, bass"):
        find("qqqq")
    with pytest.raises(UnknownVoice, match="no voice folder"):
        VoiceFolder.open(find(voices / "nowhere"))


def test_no_voice_at_all(voices):
    shutil.rmtree(voices / "embedded")
    shutil.rmtree(voices / "user")
    with pytest.raises(UnknownVoice, match="give the path"):
        find()


def test_a_missing_file_is_named_at_load(voices):
    folder = voices / "user/bass"
    (folder / "vocoder_pitch.onnx").unlink()
    with pytest.raises(DamagedVoice, match=r"vocoder_pitch\.onnx missing"):
        VoiceFolder.open(folder)


def test_a_changed_file_is_named_when_it_is_read(voices):
    path = voices / "user/bass/vocoder_pitch.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    folder = VoiceFolder.open(voices / "user/bass")
    assert folder.checked("acoustic_text.onnx") == folder.path / "acoustic_text.onnx"
    with pytest.raises(DamagedVoice, match=r"vocoder_pitch\.onnx is damaged"):
        folder.verify()
