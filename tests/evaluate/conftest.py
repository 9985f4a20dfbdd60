"""Sounds that are quick to make and to judge."""

import numpy as np
import pytest

from itoaudio.evaluate.sound import Sound

RATE = 22050


@pytest.fixture(scope="session")
def noise() -> Sound:
    return Sound(0.1 * np.random.default_rng(0).standard_normal(RATE), RATE)


@pytest.fixture(scope="session")
def tone():
    """A sum of ten harmonics of `hz`, one second, loud from 0.2 to 0.8 s."""

    def make(hz: float, *, seconds: float = 1.0) -> Sound:
        t = np.arange(round(seconds * RATE)) / RATE
        wave = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 11))
        loud = (t > 0.2 * seconds) & (t < 0.8 * seconds)
        return Sound(0.1 * wave * loud, RATE)

    return make


@pytest.fixture(scope="session")
def speech() -> Sound:
    """Three seconds that speech judges take for speech: buzzing vowels with pauses, and a little noise."""
    rng, t = np.random.default_rng(1), np.arange(3 * RATE) / RATE
    phase = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * t)) / RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 2.5 * t), 0, 1)
    return Sound(0.08 * buzz * syllables + 0.001 * rng.standard_normal(len(t)), RATE)
