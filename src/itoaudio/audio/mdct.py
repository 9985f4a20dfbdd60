"""The orthonormal MDCT (Princen & Bradley 1987): a wave of F hops as (hop, F) coefficients and back.

Being orthonormal it carries white noise to white noise, so a Wiener process of samples is one of
coefficients and
the waveform SDE may be run in this domain unchanged. Sine window of 2 hops; frame i is centred on sample
(i + 1/2) hop, as the mel's. The first and last window are cut so that the transform is exact for a
finite sound.
"""

from functools import lru_cache

import numpy as np


def mdct(audio: np.ndarray, hop: int) -> np.ndarray:
    """Coefficients (..., hop, F) of audio (..., F hop). ValueError when the length is no multiple of hop."""
    samples = audio.shape[-1]
    if samples == 0 or samples % hop:
        raise ValueError(f"{samples} samples are not a positive multiple of the hop {hop}: pad or trim first")
    padded = np.pad(audio, [(0, 0)] * (audio.ndim - 1) + [(hop // 2, hop // 2)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop, axis=-1)[..., ::hop, :]
    return np.swapaxes((frames * windows(hop, samples // hop)) @ basis(hop), -1, -2)


def imdct(coefficients: np.ndarray) -> np.ndarray:
    """Audio (..., F hop) of coefficients (..., hop, F): the exact inverse of `mdct`, which is its
    transpose."""
    hop, count = coefficients.shape[-2:]
    frames = (np.swapaxes(coefficients, -1, -2) @ basis(hop).T) * windows(hop, count)
    halves = np.zeros((*coefficients.shape[:-2], count + 1, hop), dtype=frames.dtype)
    halves[..., :-1, :] += frames[..., :hop]
    halves[..., 1:, :] += frames[..., hop:]
    audio = halves.reshape(*coefficients.shape[:-2], -1)
    return audio[..., hop // 2 : -(hop // 2)]


@lru_cache(maxsize=4)
def basis(hop: int) -> np.ndarray:
    """Cosines (2 hop, hop), float32, scaled so that basis times sine window is orthonormal. Do not write
    into it."""
    n, k = np.arange(2 * hop)[:, None], np.arange(hop)[None]
    return (np.sqrt(2 / hop) * np.cos(np.pi / hop * (n + 0.5 + hop / 2) * (k + 0.5))).astype(np.float32)


def windows(hop: int, frames: int) -> np.ndarray:
    """The window of each frame (F, 2 hop), float32: sine, with zeros then ones over the outer half of
    the ends."""
    sine = np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop)).astype(np.float32)
    table = np.tile(sine, (frames, 1))
    table[0, : hop // 2], table[0, hop // 2 : hop] = 0.0, 1.0
    table[-1, hop : hop + hop // 2], table[-1, hop + hop // 2 :] = 1.0, 0.0
    return table
