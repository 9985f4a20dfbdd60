"""How far a sound is from what a voice expects of its text, by the envelope of its mel alone.

The bands' deviation d = (log mel - mean) / scale goes through the orthonormal DCT-II along bands; its first
coefficients are the envelope's, the others the harmonics', which move with the pitch.
"""

from functools import lru_cache

import numpy as np

ENVELOPE_CEPSTRA = 24  # of 80 bands; beyond them are harmonics, which a pitch that nobody foresaw moves


def envelope_error(
    log_mel: np.ndarray, means: np.ndarray, durations: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Mean square of each frame's deviation (F,) of a mel (M, F) under symbols of `means` (S, M), scale (M,).

    Sound below all that the voice expects of this text counts as its quietest: the digital silence between
    sentences, or of a noise gate, is a pause.
    """
    held = np.repeat(means, durations, axis=0).T
    heard = np.maximum(log_mel, means.min(axis=0)[:, None])
    apart = cosines(len(heard))[:ENVELOPE_CEPSTRA] @ ((heard - held) / scale[:, None])
    error: np.ndarray = (apart**2).sum(axis=0) / len(heard)
    return error


@lru_cache
def cosines(size: int) -> np.ndarray:
    """The orthonormal DCT-II, (size, size)."""
    order, place = np.arange(size)[:, None], np.arange(size) + 0.5
    basis = np.sqrt(2 / size) * np.cos(np.pi / size * order * place)
    basis[0] /= np.sqrt(2)
    return basis
