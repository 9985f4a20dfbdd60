"""Projection onto the mel: bring the mel of a sound to the one that it was asked to have.

A draw of ItôWave is only led by its mel; this makes the mel a constraint, as data consistency does for
samplers of inverse problems (Song et al. 2022, arXiv 2111.08005). Each round measures the sound's own mel,
spreads what each band lacks over the bins, and resynthesises the scaled spectrum: Griffin & Lim's step
(1984), with phases given by the draw and only the envelope corrected. Fine structure within the bands stays
what the SDE made it.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, band_edges, filter_bank, window
from itoaudio.audio.stft import spectra

RELAXATION = 1.5  # frames overlap and dilute a correction: this much more of it converges fastest
LARGEST_LOG_GAIN = 2.0


def project(sound: np.ndarray, log_mel: np.ndarray, spec: MelSpec, *, rounds: int) -> np.ndarray:
    """Sound (..., F hop), float32, whose mel is nearer to log_mel (..., M, F).

    As it is where it is not longer than `spec.padding`: it cannot be mirrored at its ends and has no mel.
    """
    work = _Work(sound, log_mel, spec)
    for _ in range(rounds if sound.shape[-1] > spec.padding else 0):
        work.round()
    return work.sound.copy()


class _Work:
    """A sound on its way, and the memory of a round: to ask for it anew each time takes a quarter longer."""

    def __init__(self, sound: np.ndarray, log_mel: np.ndarray, spec: MelSpec) -> None:
        self.spec, self.asked = spec, np.swapaxes(log_mel, -1, -2)  # (..., F, M)
        several, count, bins = sound.shape[:-1], log_mel.shape[-1], spec.n_fft // 2 + 1
        self.stack = _empty_stack(several, count, spec)
        self.padded = self.stack.reshape(*several, -1)[..., : count * spec.hop_samples + 2 * spec.padding]
        self.sound = self.padded[..., spec.padding : -spec.padding]
        self.sound[...] = sound
        self.frames = np.empty((*several, count, spec.n_fft), np.float32)
        self.spectrum = np.empty((*several, count, bins), np.complex64)
        self.size = np.empty((*several, count, bins), np.float32)

    def round(self) -> None:
        """One more projection of `sound`."""
        spec, edge = self.spec, self.spec.padding
        self.padded[..., :edge] = self.padded[..., 2 * edge : edge : -1]
        self.padded[..., -edge:] = self.padded[..., -edge - 2 : -2 * edge - 2 : -1]
        hann = window(spec)
        spectra(self.padded, hann, hop_samples=spec.hop_samples, frames_out=self.frames, out=self.spectrum)
        np.abs(self.spectrum, out=self.size)
        own = np.log(np.maximum(self.size @ filter_bank(spec).T, np.float32(np.exp(LOG_FLOOR))))
        gain = np.matmul(RELAXATION * (self.asked - own), spreading(spec).T, out=self.size)
        np.clip(gain, -LARGEST_LOG_GAIN, LARGEST_LOG_GAIN, out=gain)
        self.spectrum *= np.exp(gain, out=gain)
        np.fft.irfft(self.spectrum, spec.n_fft, axis=-1, out=self.frames)
        self.frames *= hann
        _overlap_add(self.frames, self.stack, spec)


def overlap_add(frames: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Frames (..., F, n_fft), windowed twice in all, to the sound (..., F hop) that they are frames of."""
    *several, count, _ = frames.shape
    stack = _empty_stack(tuple(several), count, spec, frames.dtype)
    _overlap_add(frames, stack, spec)
    return stack.reshape(*several, -1)[..., spec.padding : spec.padding + count * spec.hop_samples]


def _empty_stack(several: tuple[int, ...], count: int, spec: MelSpec, dtype: Any = np.float32) -> np.ndarray:
    """Memory (..., F + n/hop - 1, hop) for `count` frames that overlap."""
    pieces = -(-spec.n_fft // spec.hop_samples)
    return np.empty((*several, count + pieces - 1, spec.hop_samples), dtype)


def _overlap_add(frames: np.ndarray, stack: np.ndarray, spec: MelSpec) -> None:
    """The sum of `frames`, by their windows' weight, into `stack`."""
    _add(frames, stack)
    stack /= _weight(spec, frames.shape[-2])


def _add(frames: np.ndarray, stack: np.ndarray) -> None:
    """Frames (..., F, n) a hop apart into `stack` (..., F + n/hop - 1, hop)."""
    count, hop = frames.shape[-2], stack.shape[-1]
    stack[...] = 0
    for piece in range(stack.shape[-2] - count + 1):
        stack[..., piece : piece + count, :] += frames[..., piece * hop : (piece + 1) * hop]


@lru_cache(maxsize=4)
def _weight(spec: MelSpec, count: int) -> np.ndarray:
    """What `count` windows, twice applied, add up to: (F + n/hop - 1, hop) float32, nowhere 0."""
    total = _empty_stack((), count, spec)
    _add(np.broadcast_to(window(spec) ** 2, (count, spec.n_fft)), total)
    return np.maximum(total, np.float32(1e-3))


def reach_frames(spec: MelSpec) -> int:
    """Frames on either side of a sample's own that one round's answer for it depends on."""
    return 2 * -(-spec.n_fft // (2 * spec.hop_samples))


@lru_cache(maxsize=8)
def spreading(spec: MelSpec) -> np.ndarray:
    """Linear interpolation from band centres to bins, the last bands held: (n_fft/2 + 1, M), float32."""
    bins = np.linspace(0, spec.sample_rate / 2, spec.n_fft // 2 + 1)
    centres = band_edges(spec)[1:-1]
    return np.stack([np.interp(bins, centres, row) for row in np.eye(spec.bands)], axis=1).astype(np.float32)
