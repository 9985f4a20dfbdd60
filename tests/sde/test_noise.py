"""Noise is a function of (seed, draw, absolute frame), whatever the chunk."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itoaudio.sde import FrameNoise


@settings(deadline=None)  # a busy machine is no counterexample
@given(first=st.integers(0, 300), frames=st.integers(1, 100), seed=st.integers(0, 2**63))
def test_a_chunk_holds_the_bits_of_the_whole(first, frames, seed):
    whole = FrameNoise(seed=seed, channels=3, frames=first + frames + 5)
    chunk = FrameNoise(seed=seed, channels=3, frames=frames, first_frame=first)
    for _ in range(2):
        np.testing.assert_array_equal(chunk(), whole()[..., first : first + frames])


def test_draws_seeds_and_frames_differ_and_are_standard_normal():
    noise, other = (
        FrameNoise(seed=1, channels=4, frames=20_000),
        FrameNoise(seed=2, channels=4, frames=20_000),
    )
    first, second, third = noise(), noise(), other()
    assert first.dtype == np.float32
    assert first.shape == (1, 4, 20_000)
    stacked = np.stack([first, second, third]).reshape(12, -1)
    bound = 5 / np.sqrt(20_000)
    assert np.abs(stacked.mean(1)).max() < bound
    assert np.abs(np.cov(stacked) - np.eye(12)).max() < 2 * bound


@pytest.mark.parametrize("bad", [{"seed": -1}, {"frames": 0}, {"first_frame": -1}, {"channels": 0}])
def test_refuses_impossible_noise(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))}={next(iter(bad.values()))}"):
        FrameNoise(**{"seed": 0, "channels": 1, "frames": 1} | bad)
