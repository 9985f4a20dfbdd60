"""Distances between spectra, against closed forms, torch's STFT and a plain dynamic programme."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from itoaudio.evaluate.cepstra import cepstra, cepstral_distance, warping_path
from itoaudio.evaluate.metrics import spectral
from itoaudio.evaluate.sound import Sound, Take


def take(sound, reference, *, aligned=True):
    return Take(sound, reference=reference, aligned=aligned)


def test_log_mel_distance_of_a_gain_is_its_logarithm(noise):
    louder = Sound(2 * noise.samples, noise.sample_rate)
    assert spectral.log_mel_distance(take(louder, noise)) == pytest.approx(np.log(2), abs=1e-4)


def test_equal_sounds_have_no_distance(noise):
    one = take(noise, noise)
    for metric in (
        spectral.log_mel_distance,
        spectral.stft_distance,
        spectral.cepstral_distance_in_step,
        spectral.cepstral_distance_warped,
    ):
        assert metric(one) == pytest.approx(0, abs=1e-9)


def test_stft_distance_is_that_of_torchs_stft(noise, tone):
    import torch

    sound = tone(150)
    expected = []
    for fft, hop, window in spectral.RESOLUTIONS:
        true, made = (
            torch.stft(
                torch.from_numpy(each.samples).double(),
                fft,
                hop,
                window,
                torch.hann_window(window, dtype=torch.float64),
                return_complex=True,
            )
            .abs()
            .clamp(min=1e-5)
            for each in (noise, sound)
        )
        convergence = torch.linalg.norm(true - made) / torch.linalg.norm(true)
        expected.append(float(convergence + (true.log() - made.log()).abs().mean()))
    assert spectral.stft_distance(take(sound, noise)) == pytest.approx(np.mean(expected), rel=1e-6)


def test_all_cepstra_measure_the_spectra_in_decibels():
    """The closed form of the module: RMS over bands of the dB difference, its mean removed."""
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 40, 7))
    decibels = 20 / np.log(10) * (one - other)
    expected = np.sqrt(((decibels - decibels.mean(axis=0)) ** 2).mean(axis=0))
    found = cepstral_distance(*(cepstra(each, coefficients=39) for each in (one, other)))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_cepstra_are_librosas_up_to_their_scale():
    import librosa

    log_mel = np.random.default_rng(0).standard_normal((80, 5))
    theirs = librosa.feature.mfcc(S=log_mel, n_mfcc=25, dct_type=2, norm="ortho")[1:]
    np.testing.assert_allclose(cepstra(log_mel), theirs * np.sqrt(2 / 80), rtol=1e-6, atol=1e-9)


def test_cepstral_distance_does_not_hear_loudness(noise):
    louder = Sound(3 * noise.samples, noise.sample_rate)
    assert spectral.cepstral_distance_in_step(take(louder, noise)) < 1e-3


def test_warping_finds_the_cheapest_path():
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((80, 9)), rng.standard_normal((80, 12))
    cost = cdist(cepstra(one).T, cepstra(other).T)
    best = np.full((10, 13), np.inf)
    best[0, 0] = 0
    for i in range(9):
        for j in range(12):
            best[i + 1, j + 1] = cost[i, j] + min(best[i, j], best[i, j + 1], best[i + 1, j])
    path = warping_path(one, other)
    assert cost[path].sum() == pytest.approx(best[-1, -1])
    assert (path[0][0], path[1][0], path[0][-1], path[1][-1]) == (0, 0, 8, 11)


def test_a_slower_reading_is_near_by_warping_only(tone):
    """A tone stretched in time: in step its loud frames meet silence, along the path they do not."""
    reference, slow = tone(150), tone(150, seconds=1.6)
    warped = spectral.cepstral_distance_warped(take(slow, reference, aligned=False))
    assert warped < 0.3 * spectral.cepstral_distance_in_step(take(slow, reference))
