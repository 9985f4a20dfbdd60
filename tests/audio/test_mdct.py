import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itoaudio.audio.mdct import imdct, mdct


@settings(deadline=None, max_examples=30)
@given(hop=st.sampled_from([2, 16, 256]), frames=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_it_is_orthonormal_and_its_inverse_exact(hop: int, frames: int, seed: int):
    audio = np.random.default_rng(seed).standard_normal((3, hop * frames)).astype(np.float32)
    coefficients = mdct(audio, hop)
    assert coefficients.shape == (3, hop, frames)
    np.testing.assert_allclose((coefficients**2).sum((1, 2)), (audio**2).sum(1), rtol=1e-4)
    np.testing.assert_allclose(imdct(coefficients), audio, atol=1e-4)


def test_a_tone_peaks_in_its_bin_and_frames_stand_over_their_mel_frames():
    hop, k = 256, 40
    tone = np.cos(np.pi / hop * (k + 0.5) * np.arange(hop * 30))
    assert np.argmax((mdct(tone, hop) ** 2).sum(1)) == k
    click = np.zeros(hop * 8)
    click[3 * hop + hop // 2] = 1.0
    assert np.argmax((mdct(click, hop) ** 2).sum(0)) == 3


def test_a_length_that_is_no_multiple_is_named():
    with pytest.raises(ValueError, match="1000 samples"):
        mdct(np.zeros(1000), 256)
