import numpy as np
import pytest
import soundfile

from itoaudio.audio import files
from itoaudio.audio.trim import trim


def test_wav_round_trip_and_format(tmp_path):
    audio = np.linspace(-1, 1, 2205, dtype=np.float32)
    files.write_wav(tmp_path / "a.wav", audio, 22050)
    back, rate = files.read(tmp_path / "a.wav")
    assert rate == 22050
    np.testing.assert_allclose(back, audio, atol=1 / 32768)
    info = soundfile.info(tmp_path / "a.wav")
    assert (info.channels, info.subtype) == (1, "PCM_16")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_what_is_too_loud_clips_and_never_wraps():
    np.testing.assert_array_equal(
        files.to_int16(np.array([2.0, 1.0, -1.0, -7.0, 0.0])), [32767, 32767, -32768, -32768, 0]
    )


def test_stereo_becomes_mono_at_the_wanted_rate(tmp_path):
    stereo = np.stack([np.ones(4410), np.zeros(4410)], axis=1)
    soundfile.write(tmp_path / "s.wav", stereo * 0.5, 44100)
    mono, rate = files.read(tmp_path / "s.wav", sample_rate=22050)
    assert rate == 22050
    assert abs(len(mono) - 2205) <= 1
    assert abs(mono[500:1500].mean() - 0.25) < 1e-3


@pytest.mark.parametrize(("name", "content"), [("no.wav", None), ("text.wav", b"hello"), ("empty.wav", b"")])
def test_what_is_no_sound_is_named(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(files.AudioFileError, match=name):
        files.read(path)


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(soundfile, "write", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        files.write_wav(tmp_path / "a.wav", np.zeros(10), 22050)
    assert not list(tmp_path.iterdir())


def test_trim_keeps_speech_and_its_margin():
    rate = 22050
    speech = np.concatenate([np.zeros(rate), np.sin(np.arange(rate)), np.zeros(rate)]).astype(np.float32)
    kept = trim(speech, sample_rate=rate, margin_seconds=0.1)
    assert abs(len(kept) / rate - 1.2) < 0.1
    assert len(trim(np.zeros(5000), sample_rate=rate, margin_seconds=0.1)) == 5000
