"""Projection onto the mel: bring the mel of a sound to the one that it was asked to have.

A draw of ItôWave is only led by its mel; this makes the mel a constraint, as data consistency does for
samplers of inverse problems (Song et al. 2022, arXiv 2111.08005). Each round measures the sound's own mel,
spreads what each band lacks over the bins, and resynthesises the scaled spectrum: Griffin & Lim's step
(1984), with phases given by the draw and only the envelope corrected. Fine structure within the bands stays
what the SDE made it.
"""

from functools import lru_cache

import numpy as np

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, band_edges, filter_bank, window
from itoaudio.audio.stft import spectra

RELAXATION = 1.5  # frames overlap and dilute a correction: this much more of it converges fastest
LARGEST_LOG_GAIN = 2.0


def project(sound: np.ndarray, log_mel: np.ndarray, spec: MelSpec, *, rounds: int) -> np.ndarray:
    """Sound (..., F hop), float32, whose mel is nearer to log_mel (..., M, F); longer than `spec.padding`."""
    hann, spread, bank = window(spec), spreading(spec), filter_bank(spec)
    edges = [(0, 0)] * (sound.ndim - 1) + [(spec.padding, spec.padding)]
    asked = np.swapaxes(log_mel, -1, -2)  # (..., F, M)
    for _ in range(rounds):
        padded = np.pad(sound, edges, mode="reflect")
        spectrum = spectra(padded, hann, hop_samples=spec.hop_samples)
        own = np.log(np.maximum(np.abs(spectrum) @ bank.T, np.float32(np.exp(LOG_FLOOR))))
        gain = (RELAXATION * (asked - own)) @ spread.T
        np.clip(gain, -LARGEST_LOG_GAIN, LARGEST_LOG_GAIN, out=gain)
        spectrum *= np.exp(gain, out=gain)
        frames = np.fft.irfft(spectrum, spec.n_fft, axis=-1)
        frames *= hann
        sound = overlap_add(frames, spec)
    return sound.astype(np.float32)


def overlap_add(frames: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Frames (..., F, n_fft), windowed twice in all, to the sound (..., F hop) that they are frames of."""
    hop, count = spec.hop_samples, frames.shape[-2]
    whole = (_stacked(frames, hop) / _weight(spec, count)).reshape(*frames.shape[:-2], -1)
    return whole[..., spec.padding : spec.padding + count * hop]


@lru_cache(maxsize=4)
def _weight(spec: MelSpec, count: int) -> np.ndarray:
    """What `count` windows, twice applied, add up to: (F + n/hop - 1, hop) float32, nowhere 0."""
    squares = np.broadcast_to(window(spec) ** 2, (count, spec.n_fft))
    return np.maximum(_stacked(squares, spec.hop_samples), np.float32(1e-3))


def _stacked(frames: np.ndarray, hop: int) -> np.ndarray:
    """Sum (..., F + n/hop - 1, hop) of frames (..., F, n) that lie a hop apart."""
    count, pieces = frames.shape[-2], -(-frames.shape[-1] // hop)
    total = np.zeros((*frames.shape[:-2], count + pieces - 1, hop), dtype=frames.dtype)
    for piece in range(pieces):
        total[..., piece : piece + count, :] += frames[..., piece * hop : (piece + 1) * hop]
    return total


def reach_frames(spec: MelSpec) -> int:
    """Frames on either side of a sample's own that one round's answer for it depends on."""
    return 2 * -(-spec.n_fft // (2 * spec.hop_samples))


@lru_cache(maxsize=8)
def spreading(spec: MelSpec) -> np.ndarray:
    """Linear interpolation from band centres to bins, the last bands held: (n_fft/2 + 1, M), float32."""
    bins = np.linspace(0, spec.sample_rate / 2, spec.n_fft // 2 + 1)
    centres = band_edges(spec)[1:-1]
    return np.stack([np.interp(bins, centres, row) for row in np.eye(spec.bands)], axis=1).astype(np.float32)
