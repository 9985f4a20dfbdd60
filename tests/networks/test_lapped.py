"""The vocoder's layers without weights, against the transforms that they stand for."""

import numpy as np
import pytest
import torch

from itoaudio.audio.mdct import mdct
from itoaudio.audio.pulse import pulse_spectrum
from itoaudio.networks.vocoder.lapped import MDCT, SpectrumToMDCT

HOP, WINDOW = 256, 1024


def sound(frames: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(HOP * frames).astype(np.float32)


def test_torch_and_numpy_agree_and_the_inverse_inverts():
    wave, layer = sound(20), MDCT(HOP)
    found = layer(torch.from_numpy(wave)[None])
    np.testing.assert_allclose(found[0].numpy(), mdct(wave, HOP), atol=1e-4)
    np.testing.assert_allclose(layer.inverse(found)[0].numpy(), wave, atol=1e-4)


def test_autocast_rounds_neither_way():
    wave, layer = torch.from_numpy(sound(20))[None], MDCT(HOP)
    expected = layer(wave)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found, back = layer(wave), layer.inverse(expected)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    torch.testing.assert_close(back, wave, rtol=0, atol=1e-4)


def test_the_spectrum_of_a_wave_becomes_its_mdct():
    wave = sound(60)
    spectrum = pulse_spectrum(wave, hop_samples=HOP, window_samples=WINDOW)
    found = SpectrumToMDCT(HOP, WINDOW)(torch.from_numpy(spectrum)[None])[0].numpy()
    inside = slice(4, -4)
    error = found[:, inside] - mdct(wave, HOP)[:, inside]
    assert 10 * np.log10(np.mean(error**2)) < -50, "the wave has unit variance"


@pytest.mark.parametrize("bin_number", [0, 1, 255, 512])
def test_bins_at_the_edges_of_bands_are_heard_like_all(bin_number):
    """A steady part of one bin: what of it is lost to the bands' margins is 50 dB down."""
    from itoaudio.networks.vocoder import lapped

    spectrum = torch.zeros(1, 2 * (WINDOW // 2 + 1), 30)
    spectrum[:, bin_number] = 1.0
    whole = torch.from_numpy(lapped._kernel(HOP, WINDOW))
    expected = torch.nn.functional.conv1d(spectrum, whole, padding=whole.shape[2] // 2)
    error = SpectrumToMDCT(HOP, WINDOW)(spectrum) - expected
    assert 10 * torch.log10(error.square().sum() / expected.square().sum()) < -50


def test_sizes_without_equal_bands_are_refused():
    with pytest.raises(ValueError, match="hop 300"):
        SpectrumToMDCT(300, WINDOW)
