"""Samples to files."""

import io
import os
import re
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


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        (np.zeros(9, complex), "complex128: give floats in [-1, 1], int16 or int32"),
        (
            "x.wav",
            "samples = 'x.wav', <U5: give floats in [-1, 1], int16 or int32; a file is read by Audio.read",
        ),
        (None, "samples = None, object"),
        ([0, 1, -1], "int64: give floats"),
        (np.zeros(9, np.uint8), "uint8: give floats"),
        ([[0.0], [0.0, 1.0]], "give (N,), or (N, channels)"),
        (np.zeros((2, 5000)), "samples of shape (2, 5000): give (N,), or (N, channels)"),
        (0.5, "samples of shape ()"),
    ],
    ids=["complex", "path", "none", "counts", "unsigned", "ragged", "transposed", "number"],
)
def test_what_is_no_sound_is_refused(samples, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        Audio.of(samples, 22050)


@pytest.mark.parametrize("samples", [[0.1, 0.2], np.zeros((9, 2)), np.zeros(9, np.int16)], ids=repr)
def test_an_audio_holds_floats_of_one_axis(samples):
    with pytest.raises(ValueError, match=r"give an array \(N,\) of floats; Audio\.of makes one"):
        Audio(samples, 22050)
    assert Audio.of(samples, 22050).samples.dtype == np.float32


@pytest.mark.parametrize("rate", [0, -1, 22050.5, "22050", None, True])
def test_a_sample_rate_is_a_positive_whole_number(rate):
    with pytest.raises(ValueError, match=f"sample_rate = {rate!r}: it must be"):
        Audio(np.zeros(9, np.float32), rate)


def test_integers_of_either_order_of_bytes_have_their_full_scale():
    for kind in ("<i2", ">i2"):
        assert Audio.of(np.array([16384], kind), 22050).samples.tolist() == [0.5]


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
