"""A pulse train at the fundamental, as a flat-spectrum guide to the phase of voiced speech.

All harmonics up to 10.3 kHz with zero phase relative to the fundamental, in closed form (the Dirichlet
kernel), each
faded in over one F0 so that a gliding F0 makes no click; divided by sqrt(count/2), so of unit power;
times voicing.
Idea: neural source-filter models (Wang et al. 2019, arXiv 1904.12088).
"""

import numpy as np

from itoaudio.audio.stft import spectra

HIGHEST_HARMONIC_HZ = 10300.0


def pulse_train(
    log_f0: np.ndarray,
    voicing: np.ndarray,
    *,
    hop_samples: int,
    sample_rate: int,
    turns: float = 0.0,
    turns_at: int = 0,
) -> np.ndarray:
    """Audio (F hop,), float32, of log_f0 (F,) in log Hz and voicing (F,) in [0, 1].

    `turns` is the phase, in turns, just before frame `turns_at`: 0 at the start of a sound, and for a stretch
    of one what `pulse_turns` says of the frames before it.
    """
    f0 = np.exp(to_samples(log_f0, hop_samples))
    total = np.cumsum(_turns(f0, sample_rate))
    start = total[turns_at * hop_samples - 1] if turns_at else 0.0
    pulse = harmonics(total + (turns - start), f0)
    return pulse * to_samples(voicing, hop_samples).astype(np.float32)


def pulse_turns(log_f0: np.ndarray, *, hop_samples: int, sample_rate: int) -> np.ndarray:
    """Turns (F,) of the fundamental within each frame of log_f0 (F,): their sum is the phase carried on."""
    f0 = np.exp(to_samples(log_f0, hop_samples))
    return _turns(f0, sample_rate).reshape(-1, hop_samples).sum(axis=1)


def _turns(f0: np.ndarray, sample_rate: int) -> np.ndarray:
    """Turns in each sample, in whole 2^-40ths: their sums are exact in any order, so that a stretch of a
    sound has the bits of the whole, and no network that rounds to int8 tells them apart."""
    return np.rint(f0 * (2.0**40 / sample_rate)) * 2.0**-40


def harmonics(turns: np.ndarray, f0: np.ndarray) -> np.ndarray:
    """Sum of cos(2 pi k turns) over the harmonics k of f0 (Hz), unit power; turns (N,) -> (N,) float32."""
    count = (HIGHEST_HARMONIC_HZ / f0).astype(np.float32)
    whole = np.floor(count)
    half = (0.5 * (turns - np.rint(turns))).astype(np.float32)  # from here on, single precision is enough
    sine = _sine(half)
    # Dirichlet: sum_1^K cos(k p) = (sin((K + 1/2) p)/sin(p/2) - 1)/2, whose limit at p = 0 is K.
    near = np.abs(sine) < 1e-6
    ratio = _sine((2 * whole + 1) * half) / np.where(near, np.float32(1), sine)
    total = np.where(near, whole, 0.5 * (ratio - 1))
    total += (count - whole) * _sine(2 * (whole + 1) * half + np.float32(0.25))
    return total / np.sqrt(0.5 * count)


def _sine(turns: np.ndarray) -> np.ndarray:
    """sin(2 pi turns) of float32, however many turns."""
    return np.sin((turns - np.rint(turns)) * np.float32(2 * np.pi))


def to_samples(values: np.ndarray, hop_samples: int) -> np.ndarray:
    """Linear interpolation of frame values (F,), which belong to frame centres, to samples (F hop,) in
    float64; beyond the outer centres the outer values are held."""
    held = np.concatenate([values[:1], values, values[-1:]]).astype(np.float64)
    ramp = (np.arange(hop_samples) + 0.5) / hop_samples
    steps = held[:-1, None] + np.diff(held)[:, None] * ramp  # (F + 1, hop): from centre to centre
    return steps.reshape(-1)[hop_samples // 2 : hop_samples // 2 + len(values) * hop_samples]


def pulse_spectrum(pulse: np.ndarray, *, hop_samples: int, window_samples: int) -> np.ndarray:
    """Spectrum (..., 2B, F), real parts then imaginary, of a pulse train (..., F hop); B = window/2 + 1.

    Windows are Hann, of unit energy, on the mel's frame centres, with silence beyond the ends.
    """
    beside = (window_samples - hop_samples) // 2
    padded = np.pad(pulse, [(0, 0)] * (pulse.ndim - 1) + [(beside, beside)])
    spectrum = spectra(padded, unit_hann(window_samples), hop_samples=hop_samples)
    pairs = spectrum.astype(np.complex64, copy=False).view(np.float32).reshape(*spectrum.shape, 2)
    parts = np.ascontiguousarray(np.swapaxes(pairs, -1, -3))  # once, or each network that reads it does so
    return parts.reshape(*pulse.shape[:-1], 2 * pairs.shape[-2], pairs.shape[-3])


def unit_hann(window_samples: int) -> np.ndarray:
    """Periodic Hann window of unit energy, float32: white noise of unit variance gets unit-variance bins."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window_samples) / window_samples)
    return (hann / np.sqrt((hann**2).sum())).astype(np.float32)
