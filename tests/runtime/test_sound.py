"""Samples to files."""

import io
import os
import stat

import numpy as np
import pytest
import soundfile

from itoaudio.runtime import Audio

LOUD = Audio(np.array([0.0, 0.5, 1.0, 1.5, -1.0, -3.0], np.float32), 22050)


def test_int16_clips_and_never_wraps():
    assert LOUD.int16().tolist() == [0, 16384, 32767, 32767, -32768, -32768]


def test_duration():
    assert Audio(np.zeros(11025, np.float32), 22050).duration_seconds == 0.5


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3", ".WAV"])
def test_formats(suffix):
    sound = Audio(np.sin(np.arange(22050) / 20).astype(np.float32) / 2, 22050)
    back, rate = soundfile.read(io.BytesIO(sound.encode(suffix)))
    assert rate == 22050
    assert abs(len(back) - 22050) < 3000
    assert back.std() == pytest.approx(0.5 / 2**0.5, rel=0.1)


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"'\.txt'.*\.wav"):
        LOUD.write(tmp_path / "out.txt")
    assert list(tmp_path.iterdir()) == []


def test_write_replaces_whole_files(tmp_path):
    path = tmp_path / "out.wav"
    path.write_bytes(b"old")
    LOUD.write(path)
    assert soundfile.read(path)[0].shape == (6,)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.wav"]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "out.wav"
    path.write_bytes(b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        LOUD.write(path)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.wav"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    LOUD.write(path)
    assert os.read(reader, 4) == b"RIFF"
    assert stat.S_ISFIFO(path.stat().st_mode)
    os.close(reader)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.wav").write_bytes(b"old")
    (tmp_path / "link.wav").symlink_to("real.wav")
    LOUD.write(tmp_path / "link.wav")
    assert (tmp_path / "link.wav").is_symlink()
    assert soundfile.read(tmp_path / "real.wav")[0].shape == (6,)
