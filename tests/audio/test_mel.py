import librosa
import numpy as np
import pytest

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, filter_bank, log_mel, log_mel_of_padded

SPEC = MelSpec()


def speechlike(samples: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal(samples) * np.sin(np.linspace(0, 9, samples)) ** 2).astype(np.float32)


def test_filter_bank_is_librosas():
    theirs = librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    np.testing.assert_allclose(filter_bank(SPEC), theirs, atol=1e-8)


def test_mel_is_hifi_gans():
    """HiFi-GAN's meldataset: reflect padding of 384, magnitude, log of at least 1e-5, here written with
    librosa."""
    audio = speechlike(256 * 40)
    padded = np.pad(audio, 384, mode="reflect")
    magnitude = np.abs(librosa.stft(padded, n_fft=1024, hop_length=256, win_length=1024, center=False))
    theirs = np.log(
        np.maximum(librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80, fmax=8000) @ magnitude, 1e-5)
    )
    ours = log_mel(audio, SPEC)
    assert ours.shape == (80, 40)
    np.testing.assert_allclose(ours, theirs, atol=2e-4)


def test_silence_is_the_floor():
    np.testing.assert_allclose(log_mel(np.zeros(2560, np.float32), SPEC), LOG_FLOOR, rtol=1e-6)


def test_a_crop_with_its_context_has_the_mel_of_the_whole():
    audio = speechlike(256 * 40)
    crop = log_mel_of_padded(audio[256 * 10 - 384 : 256 * 20 + 384], SPEC)
    np.testing.assert_allclose(crop, log_mel(audio, SPEC)[:, 10:20], atol=1e-4)


def test_digest_tells_specs_apart():
    assert SPEC.digest == MelSpec().digest != MelSpec(f_max=11025.0).digest


def test_too_short_a_sound_names_its_length():
    with pytest.raises(ValueError, match="100 samples"):
        log_mel(np.zeros(100, np.float32), SPEC)
