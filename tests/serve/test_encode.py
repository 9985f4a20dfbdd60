"""Sound to the formats of the API: whole and in pieces, told apart by nothing but their headers."""

import io

import numpy as np
import pytest
import soundfile

from itoaudio.serve import encode
from itoaudio.serve.encode import CONTENT_TYPES, Encoder, FormatUnavailable

RATE = 22050
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype(np.float32)
BY_LIBSNDFILE = ["mp3", "opus", "flac", "wav"]


def streamed(name, pieces=7):
    encoder = Encoder(name, RATE, streaming=True)
    return [encoder.add(piece) for piece in np.array_split(TONE, pieces)] + [encoder.end()]


def whole(name, samples=TONE, pieces=7):
    encoder = Encoder(name, RATE, streaming=False)
    assert not any(encoder.add(piece) for piece in np.array_split(samples, pieces))
    return encoder.end()


def decoded(data):
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        # A streamed FLAC does not know its length, and libsndfile then fails at the end.
        count = file.frames if file.frames < 10 * RATE else 2 * RATE - 4096
        return file.read(count, dtype="float32"), file.samplerate


def pitch(samples, rate):
    middle = samples[rate // 2 : rate // 2 + rate]
    return np.abs(np.fft.rfft(middle)).argmax() * rate / len(middle)


@pytest.mark.parametrize("name", BY_LIBSNDFILE)
@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_a_tone_stays_a_tone(name, way):
    data = whole(name) if way == "whole" else b"".join(streamed(name))
    samples, rate = decoded(data)
    assert rate == (24000 if name == "opus" else RATE)
    known = not (name == "flac" and way == "streamed")
    assert not known or len(samples) / rate == pytest.approx(2, abs=0.1 if name == "mp3" else 1e-3)
    assert pitch(samples, rate) == pytest.approx(440, abs=2)
    assert samples[rate // 2 : rate].std() == pytest.approx(0.5 / 2**0.5, rel=0.1)


def test_pcm_is_openais_24_khz():
    data = b"".join(streamed("pcm"))
    assert data == whole("pcm")
    samples = np.frombuffer(data, "<i2")
    assert len(samples) == 2 * 24000
    assert pitch(samples, 24000) == pytest.approx(440, abs=2)


def test_sizes_of_a_whole_wav_are_true_and_of_a_stream_unknown():
    known, unknown = whole("wav"), b"".join(streamed("wav"))
    assert known[44:] == unknown[44:]
    assert int.from_bytes(known[4:8], "little") == len(known) - 8
    assert int.from_bytes(known[40:44], "little") == len(known) - 44
    assert unknown[4:8] == unknown[40:44] == b"\xff" * 4


@pytest.mark.parametrize("name", ["mp3", "flac", "wav", "pcm"])
def test_a_stream_gives_sound_before_its_end(name):
    assert all(streamed(name)[:-1])


@pytest.mark.parametrize("pieces", [1, 3, 50])
@pytest.mark.parametrize("name", ["wav", "pcm", "flac"])
def test_pieces_do_not_matter(name, pieces):
    assert b"".join(streamed(name, pieces)) == b"".join(streamed(name, 2))
    assert whole(name, pieces=pieces) == whole(name, pieces=2)


def test_loud_samples_clip():
    samples, _ = decoded(whole("wav", np.array([0, 2, -2], np.float32)))
    assert samples.tolist() == pytest.approx([0, 1, -1], abs=1e-4)


def test_aac_without_its_package_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(encode, "find_spec", lambda name: None)
    assert "aac" not in encode.available_formats()
    with pytest.raises(FormatUnavailable, match="'aac' needs the package `av`"):
        Encoder("aac", RATE, streaming=True)


def test_aac_by_pyav():
    av = pytest.importorskip("av", reason="PyAV is not installed, so there is no AAC to check")
    for data in (whole("aac"), b"".join(streamed("aac"))):
        with av.open(io.BytesIO(data)) as file:
            samples = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
        assert len(samples) / RATE == pytest.approx(2, abs=0.2)
        assert pitch(samples, RATE) == pytest.approx(440, abs=2)


def test_every_format_has_a_type():
    assert set(CONTENT_TYPES) == {"mp3", "opus", "aac", "flac", "wav", "pcm"}
