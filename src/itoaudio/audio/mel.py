"""THE mel spectrogram of the project: the HiFi-GAN convention, so that mels can be exchanged with other
tools.

Magnitude STFT (Hann, reflect padding of (n_fft - hop)/2, not centred), Slaney bands with area normalisation
(librosa's default), natural log, clamped at 1e-5. Frame i is centred on sample (i + 1/2) hop.
"""

import hashlib
from functools import lru_cache

import msgspec
import numpy as np

from itoaudio.audio.stft import spectra

LOG_FLOOR = float(np.log(1e-5))


class MelSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mel is. sample_rate, f_min, f_max in Hz; n_fft, hop and window in samples."""

    sample_rate: int = 22050
    n_fft: int = 1024
    hop_samples: int = 256
    window_samples: int = 1024
    bands: int = 80
    f_min: float = 0.0
    f_max: float = 8000.0

    @property
    def digest(self) -> str:
        """First 16 hex digits of the SHA-256 of the fields: two mels may meet only when it is the same."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()[:16]

    @property
    def padding(self) -> int:
        """Samples of reflect padding on each side."""
        return (self.n_fft - self.hop_samples) // 2

    def frames(self, samples: int) -> int:
        """Frames of a sound of `samples` samples; what is left of a hop is not seen."""
        return samples // self.hop_samples


def log_mel(audio: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Natural-log mel (..., M, F) of audio (..., N). ValueError when N is not longer than the padding."""
    if audio.shape[-1] <= spec.padding:
        raise ValueError(
            f"{audio.shape[-1]} samples are too few for a mel: at least {spec.padding + 1} are needed"
        )
    edges = [(0, 0)] * (audio.ndim - 1) + [(spec.padding, spec.padding)]
    return log_mel_of_padded(np.pad(audio, edges, mode="reflect"), spec)


def log_mel_of_padded(padded: np.ndarray, spec: MelSpec) -> np.ndarray:
    """As `log_mel`, for audio (..., N + 2 padding) that brings its own context instead of reflections."""
    magnitudes = np.abs(spectra(padded, window(spec), hop_samples=spec.hop_samples))
    mel = np.swapaxes(magnitudes @ filter_bank(spec).T, -1, -2)
    return np.log(np.maximum(mel, 1e-5)).astype(np.float32)


@lru_cache(maxsize=8)
def filter_bank(spec: MelSpec) -> np.ndarray:
    """Slaney's triangular bands, each of unit area in Hz: (M, n_fft/2 + 1), float32. Do not write into it."""
    bins = np.linspace(0, spec.sample_rate / 2, spec.n_fft // 2 + 1)
    edges = band_edges(spec)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.maximum(
        0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre))
    )
    return (triangles * 2 / (upper - lower)).astype(np.float32)


def band_edges(spec: MelSpec) -> np.ndarray:
    """Edges and centres of the bands in Hz, (M + 2,): band m rises from [m], peaks at [m + 1], ends at
    [m + 2]."""
    return _mel_to_hz(np.linspace(_hz_to_mel(spec.f_min), _hz_to_mel(spec.f_max), spec.bands + 2))


# Slaney's Auditory Toolbox: linear to 1 kHz (15 mels), then logarithmic, 27 mels for a factor of 6.4.
_HZ_PER_MEL, _BREAK_HZ, _BREAK_MEL, _LOG_STEP = 200.0 / 3, 1000.0, 15.0, np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return float(hz / _HZ_PER_MEL if hz < _BREAK_HZ else _BREAK_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL)))


@lru_cache(maxsize=8)
def window(spec: MelSpec) -> np.ndarray:
    """The periodic Hann window of the STFT, in the middle of n_fft samples: float32. Do not write into it."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spec.window_samples) / spec.window_samples)
    left = (spec.n_fft - spec.window_samples) // 2
    return np.pad(hann, (left, spec.n_fft - spec.window_samples - left)).astype(np.float32)
