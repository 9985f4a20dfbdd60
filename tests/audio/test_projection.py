import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from itoaudio.audio.mel import MelSpec, log_mel
from itoaudio.audio.projection import overlap_add, project, reach_frames, spreading
from itoaudio.networks.vocoder.projection import MelProjection

SPEC = MelSpec()


def glide(seconds: float, *, level: float) -> np.ndarray:
    """Harmonics that rise from 120 to 240 Hz, louder and softer four times a second."""
    t = np.arange(int(seconds * 22050) // 256 * 256) / 22050
    phase = 2 * np.pi * np.cumsum(np.linspace(120, 240, len(t))) / 22050
    sound = sum(np.cos(k * phase) / k for k in range(1, 30)) * (1.2 + np.cos(8 * np.pi * t))
    return (level * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def error(sound: np.ndarray, mel: np.ndarray) -> float:
    return float(np.abs(log_mel(sound, SPEC) - mel).mean())


def test_each_round_brings_the_mel_nearer():
    target = log_mel(glide(1.0, level=0.1), SPEC)
    noise = 0.05 * np.random.default_rng(0).standard_normal(256 * target.shape[1]).astype(np.float32)
    errors = [error(project(noise, target, SPEC, rounds=rounds), target) for rounds in (0, 1, 2, 4, 8)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 5


@settings(deadline=None, max_examples=20)
@given(seconds=st.floats(0.05, 0.6), rounds=st.integers(1, 4))
def test_a_sound_whose_mel_is_right_stays_as_it_is(seconds: float, rounds: int):
    sound = glide(seconds, level=0.1)
    made = project(sound, log_mel(sound, SPEC), SPEC, rounds=rounds)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, sound, atol=1e-5)


def test_phases_stay_where_gain_is_all_that_lacks():
    sound = glide(0.5, level=0.1)
    made = project(sound, log_mel(2 * sound, SPEC), SPEC, rounds=8)
    np.testing.assert_allclose(made, 2 * sound, atol=0.01)


def test_silence_and_loud_sounds_stay_finite():
    for sound in (np.zeros(256 * 8, np.float32), np.full(256 * 8, 1e4, np.float32)):
        for level in (-50.0, 20.0):
            made = project(sound, np.full((80, 8), level, np.float32), SPEC, rounds=3)
            assert np.isfinite(made).all()


def test_a_sound_too_short_for_a_mel_stays_as_it_is():
    """Its ends were mirrored from what memory held before."""
    sound = (0.1 * np.random.default_rng(3).standard_normal((2, 256))).astype(np.float32)
    mel = np.full((2, 80, 1), -3, np.float32)
    np.testing.assert_array_equal(project(sound, mel, SPEC, rounds=4), sound)
    made = MelProjection(SPEC)(torch.from_numpy(sound), torch.from_numpy(mel), 4)
    np.testing.assert_array_equal(made.numpy(), sound)


@pytest.mark.parametrize("frames", [2, 20])
def test_torch_and_numpy_agree_and_gradients_flow(frames: int):
    rng = np.random.default_rng(1)
    sound = (0.1 * rng.standard_normal((2, 256 * frames))).astype(np.float32)
    mel = log_mel(0.03 * rng.standard_normal((2, 256 * frames)).astype(np.float32), SPEC)
    given = torch.from_numpy(sound).requires_grad_()
    made = MelProjection(SPEC)(given, torch.from_numpy(mel), 3)
    np.testing.assert_allclose(made.detach().numpy(), project(sound, mel, SPEC, rounds=3), atol=1e-6)
    made.square().mean().backward()
    assert given.grad is not None
    assert given.grad.isfinite().all()
    assert given.grad.abs().sum() > 0


@pytest.mark.parametrize("rounds", [1, 3])
def test_it_looks_no_further_than_it_says(rounds: int):
    rng = np.random.default_rng(2)
    sound = (0.1 * rng.standard_normal(256 * 60)).astype(np.float32)
    mel = log_mel((0.1 * rng.standard_normal(256 * 60)).astype(np.float32), SPEC)
    reach = rounds * reach_frames(SPEC)
    whole = project(sound, mel, SPEC, rounds=rounds)
    part = project(
        sound[256 * (30 - reach) : 256 * (31 + reach)], mel[:, 30 - reach : 31 + reach], SPEC, rounds=rounds
    )
    middle = slice(256 * reach, 256 * (reach + 1))
    np.testing.assert_allclose(part[middle], whole[256 * 30 : 256 * 31], atol=1e-6)


def test_frames_of_a_sound_add_up_to_it():
    sound = glide(0.3, level=0.1)
    padded = np.pad(sound, SPEC.padding)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1024) / 1024)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 1024)[::256] * hann**2
    np.testing.assert_allclose(overlap_add(frames, SPEC), sound, atol=1e-5)


def test_what_is_spread_over_a_bin_sums_to_one():
    np.testing.assert_allclose(spreading(SPEC).sum(axis=1), 1, atol=1e-6)
