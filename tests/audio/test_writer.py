"""Sound to bytes: in pieces as at once, to a pipe as to a file."""

import io
import os

import numpy as np
import pytest
import soundfile

from itoaudio.audio.writer import KINDS, SUFFIXES, Kind, SoundWriter, kind_of
from itoaudio.whole import whole_file

SOUND = (0.5 * np.sin(np.arange(44100) / 20)).astype(np.float32)


class Pipe(io.RawIOBase):
    """Takes bytes and cannot go back."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += bytes(data)
        return len(data)

    def seek(self, *_):
        raise io.UnsupportedOperation


def written(kind, sizes, *, streaming=False):
    file = Pipe() if streaming else io.BytesIO()
    writer = SoundWriter(file, kind, 22050, streaming=streaming)
    for part in np.split(SOUND, np.cumsum(sizes)):
        writer.write(part)
    writer.close()
    return file.data if streaming else file.getvalue()


def samples(data, kind):
    raw = {"samplerate": 22050, "channels": 1, "format": "RAW", "subtype": "PCM_16"} if kind == "pcm" else {}
    return soundfile.read(io.BytesIO(told_length(data)), **raw)


def told_length(data):
    """A FLAC from a pipe does not say how long it is, which soundfile wants to know: say it."""
    if data[:4] != b"fLaC" or int.from_bytes(data[18:26]) % 2**36:
        return data
    return data[:18] + (int.from_bytes(data[18:26]) + len(SOUND)).to_bytes(8) + data[26:]


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_the_whole(kind, streaming):
    whole, rate = samples(written(kind, []), kind)
    pieces, _ = samples(written(kind, [1, 5000, 333], streaming=streaming), kind)
    assert rate == (24000 if kind == "opus" else 22050)
    assert abs(len(whole) / rate - 2) < 0.06
    assert abs(len(pieces) - len(whole)) < 3000
    assert pieces.std() == pytest.approx(0.5 / 2**0.5, rel=0.1)
    if kind in ("wav", "flac", "pcm"):
        assert np.array_equal(pieces, whole)


def test_a_whole_wav_has_true_sizes_and_a_streamed_one_the_unknown():
    whole, streamed = written("wav", []), written("wav", [], streaming=True)
    assert int.from_bytes(whole[4:8], "little") == len(whole) - 8
    assert streamed[4:8] == streamed[40:44] == b"\xff" * 4
    assert streamed[44:] == whole[44:]


def test_pcm_is_little_endian_samples_alone():
    file = io.BytesIO()
    writer = SoundWriter(file, "pcm", 22050)
    writer.write(np.array([0.0, 0.5, -3.0], np.float32))
    writer.close()
    assert np.frombuffer(file.getvalue(), "<i2").tolist() == [0, 16384, -32768]


def test_suffixes():
    assert {kind_of(suffix) for suffix in SUFFIXES} == set(KINDS)
    assert kind_of(".WAV") == "wav"
    with pytest.raises(ValueError, match=r"'\.aac'.*\.wav"):
        kind_of(".aac")


@pytest.mark.parametrize(
    ("kind", "sample_rate", "written_at"),
    [("mp3", 96000, 48000), ("mp3", 22000, 22050), ("opus", 96000, 48000)],
)
def test_a_kind_of_few_rates_is_written_at_the_nearest_that_loses_least(kind, sample_rate, written_at):
    file = io.BytesIO()
    writer = SoundWriter(file, kind, sample_rate)
    writer.write(SOUND)
    writer.close()
    whole, rate = samples(file.getvalue(), kind)
    assert rate == written_at
    assert len(whole) / rate == pytest.approx(len(SOUND) / sample_rate, abs=0.1)


@pytest.mark.parametrize(("kind", "sample_rate"), [("ogg", 200000), ("flac", 65535), ("flac", 655350)])
def test_the_highest_rate_of_a_kind_is_held(kind, sample_rate):
    file = io.BytesIO()
    writer = SoundWriter(file, kind, sample_rate)
    writer.write(SOUND)
    writer.close()
    assert samples(file.getvalue(), kind)[1] == sample_rate


@pytest.mark.parametrize(
    ("kind", "sample_rate", "limit"),
    [("ogg", 200001, "200000"), ("flac", 96001, "multiples of 10"), ("flac", 655360, "655350")],
)
def test_a_rate_that_a_kind_cannot_hold_is_refused_before_libsndfile_crashes(
    monkeypatch, kind, sample_rate, limit
):
    monkeypatch.setattr(soundfile, "SoundFile", lambda *_, **__: pytest.fail("libsndfile was asked"))
    with pytest.raises(ValueError, match=rf"{kind.upper()} cannot hold {sample_rate} Hz.*{limit}.*\.wav"):
        SoundWriter(io.BytesIO(), kind, sample_rate)


def test_what_libsndfile_refuses_is_a_mistake_and_no_traceback(monkeypatch):
    monkeypatch.setitem(KINDS, "mp3", Kind("MP3", "MPEG_LAYER_III"))
    with pytest.raises(ValueError, match=r"cannot write mp3 at 96000 Hz: .*48000"):
        SoundWriter(io.BytesIO(), "mp3", 96000)


class Closed(io.RawIOBase):
    """A pipe whose reader has gone."""

    def write(self, data):
        raise BrokenPipeError


@pytest.mark.parametrize("kind", ["flac", "mp3", "ogg", "pcm"])
def test_a_closed_pipe_is_told_and_not_lost_in_c(kind, capfd):
    writer = SoundWriter(Closed(), kind, 22050, streaming=True)
    with pytest.raises(BrokenPipeError):
        writer.write(SOUND)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_told():
    with open("/dev/full", "wb", buffering=0) as file:
        writer = SoundWriter(file, "pcm", 22050)
        with pytest.raises(OSError, match="cannot be written"):
            writer.write(SOUND)
        writer.close()


def test_a_file_on_disk_is_that_in_memory(tmp_path):
    for kind in KINDS:
        with whole_file(tmp_path / f"a.{kind}") as file:
            writer = SoundWriter(file, kind, 22050)
            writer.write(SOUND)
            writer.close()
        assert abs(len((tmp_path / f"a.{kind}").read_bytes()) - len(written(kind, []))) <= 64
