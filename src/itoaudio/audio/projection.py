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

RELAXATION = 1.5  # frames overlap and dilute a correction: this much more of it converges fastest
LARGEST_LOG_GAIN = 2.0


def project(sound: np.ndarray, log_mel: np.ndarray, spec: MelSpec, *, rounds: int) -> np.ndarray:
    """Sound (..., F hop), float32, whose mel is nearer to log_mel (..., M, F); longer than `spec.padding`."""
    hann, spread = window(spec), spreading(spec)
    bank = filter_bank(spec)
    for _ in range(rounds):
        edges = [(0, 0)] * (sound.ndim - 1) + [(spec.padding, spec.padding)]
        padded = np.pad(sound, edges, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, spec.n_fft, axis=-1)
        spectrum = np.fft.rfft(frames[..., :: spec.hop_samples, :] * hann, axis=-1)
        own = np.log(np.maximum(np.abs(spectrum) @ bank.T, np.float32(np.exp(LOG_FLOOR))))
        lack = np.swapaxes(log_mel, -1, -2) - own  # (..., F, M)
        gain = np.exp(np.clip(RELAXATION * lack @ spread.T, -LARGEST_LOG_GAIN, LARGEST_LOG_GAIN))
        scaled = np.fft.irfft(spectrum * gain, spec.n_fft, axis=-1) * hann
        sound = overlap_add(scaled, spec)
    return sound.astype(np.float32)


def overlap_add(frames: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Frames (..., F, n_fft), windowed twice in all, to the sound (..., F hop) that they are frames of."""
    hop, count = spec.hop_samples, frames.shape[-2]
    pieces = -(-spec.n_fft // hop)
    total = np.zeros((*frames.shape[:-2], count + pieces - 1, hop), dtype=frames.dtype)
    weight = np.zeros((count + pieces - 1, hop), dtype=frames.dtype)
    squares = window(spec) ** 2
    for piece in range(pieces):
        part = slice(piece * hop, (piece + 1) * hop)
        total[..., piece : piece + count, :] += frames[..., part]
        weight[piece : piece + count] += squares[part]
    whole = (total / np.maximum(weight, 1e-3)).reshape(*frames.shape[:-2], -1)
    return whole[..., spec.padding : spec.padding + count * hop]


def reach_frames(spec: MelSpec) -> int:
    """Frames on either side of a sample's own that one round's answer for it depends on."""
    return 2 * -(-spec.n_fft // (2 * spec.hop_samples))


@lru_cache(maxsize=8)
def spreading(spec: MelSpec) -> np.ndarray:
    """Linear interpolation from band centres to bins, the last bands held: (n_fft/2 + 1, M), float32."""
    bins = np.linspace(0, spec.sample_rate / 2, spec.n_fft // 2 + 1)
    centres = band_edges(spec)[1:-1]
    return np.stack([np.interp(bins, centres, row) for row in np.eye(spec.bands)], axis=1).astype(np.float32)
