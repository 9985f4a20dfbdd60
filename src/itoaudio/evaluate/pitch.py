"""F0 by WORLD's DIO and StoneMask; periodicity: the highest normalised cross-correlation at a pitch's lag."""

from dataclasses import dataclass

import numpy as np

from itoaudio.audio.mel import MelSpec
from itoaudio.data.world import world

LOWEST_HZ, HIGHEST_HZ = 65.0, 500.0
WINDOW_SECONDS = 0.032


@dataclass(frozen=True, eq=False)
class Pitch:
    """Of every frame (F,): `f0` in Hz, 0 where there is no voice; `periodicity` in [0, 1]."""

    f0: np.ndarray
    periodicity: np.ndarray

    @property
    def voiced(self) -> np.ndarray:
        """(F,) bool."""
        return self.f0 > 0


def track(samples: np.ndarray, spec: MelSpec) -> Pitch:
    """Pitch of audio (N,) at the rate of `spec`, on the centres of its mel's frames."""
    pyworld = world()
    frames, hop, rate = max(1, spec.frames(len(samples))), spec.hop_samples, spec.sample_rate
    audio = np.ascontiguousarray(samples, dtype=np.float64)
    audio = np.pad(audio, (0, max(0, hop - len(audio))))
    period = 1000 * hop / rate
    # WORLD's frame i is centred on sample i hop, the mel's on (i + 1/2) hop.
    shifted = np.ascontiguousarray(audio[hop // 2 :])
    raw, times = pyworld.dio(shifted, rate, f0_floor=LOWEST_HZ, f0_ceil=HIGHEST_HZ, frame_period=period)
    f0 = pyworld.stonemask(shifted, raw, times, rate)
    f0 = np.pad(f0, (0, max(0, frames - len(f0))))[:frames]
    return Pitch(f0, periodicity(audio, spec)[:frames])


def periodicity(audio: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Highest normalised cross-correlation of a window with itself 1/500 to 1/65 s later, (F,).

    r(lag) = <x_0, x_lag> / sqrt(<x_0, x_0> <x_lag, x_lag>), means removed; 1 for a periodic sound.
    """
    rate, hop = spec.sample_rate, spec.hop_samples
    window, longest = round(WINDOW_SECONDS * rate), round(rate / LOWEST_HZ)
    shortest = round(rate / HIGHEST_HZ)
    span, frames = window + longest, max(1, spec.frames(len(audio)))
    before = span // 2 - hop // 2
    padded = np.pad(audio, (before, span))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, span)[: frames * hop : hop]
    first = np.zeros_like(blocks)
    first[:, :window] = blocks[:, :window]
    size = 1 << (2 * span - 1).bit_length()
    spectra = np.conj(np.fft.rfft(first, size)) * np.fft.rfft(blocks, size)
    products = np.fft.irfft(spectra, size)[:, : longest + 1]  # (F, lags)
    energy = _sums(blocks**2, window)[:, : longest + 1]
    sums = _sums(blocks, window)[:, : longest + 1]
    covariance = products - sums[:, :1] * sums / window
    variance = np.maximum(energy - sums**2 / window, 0)
    scale = np.sqrt(variance[:, :1] * variance)
    quiet = 1e-8 * window  # a window below -80 dB has no period worth a name
    correlation = np.where(scale > quiet, covariance / np.maximum(scale, quiet), 0)
    return np.clip(correlation[:, shortest:].max(axis=1), 0, 1)


def _sums(blocks: np.ndarray, window: int) -> np.ndarray:
    """Sums (F, lags) over windows that begin at each lag of `blocks` (F, span)."""
    total = np.cumsum(np.pad(blocks, ((0, 0), (1, 0))), axis=1)
    return total[:, window:] - total[:, :-window]
