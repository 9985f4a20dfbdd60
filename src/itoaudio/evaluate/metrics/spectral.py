"""Distances between spectra: log mel, several STFTs (Yamamoto et al. 2020, arXiv 1910.11480), mel cepstra."""

import numpy as np

from itoaudio.evaluate.cepstra import cepstra, cepstral_distance
from itoaudio.evaluate.sound import MEL, Take

RESOLUTIONS = ((512, 50, 240), (1024, 120, 600), (2048, 240, 1200))
"""(FFT, hop, window) in samples at 22,050 Hz, as in Parallel WaveGAN."""

SMALLEST_MAGNITUDE = 1e-5


def log_mel_distance(take: Take) -> float:
    """Mean absolute difference of natural-log mels."""
    reference, sound = take.frame_pairs
    return float(np.abs(take.recording.mel[:, reference] - take.sound.mel[:, sound]).mean())


def stft_distance(take: Take) -> float:
    """Spectral convergence plus mean absolute difference of log magnitudes, mean over RESOLUTIONS."""
    reference, sound = take.both(MEL.sample_rate)
    return float(np.mean([_at_resolution(reference, sound, *each) for each in RESOLUTIONS]))


def cepstral_distance_in_step(take: Take) -> float:
    """Mean mel cepstral distance in dB of frames at the same time."""
    pairs = take.frame_pairs
    return _mean_cepstral_distance(take, *pairs)


def cepstral_distance_warped(take: Take) -> float:
    """Mean mel cepstral distance in dB along the path of dynamic time warping."""
    return _mean_cepstral_distance(take, *take.warped_pairs)


def magnitudes(audio: np.ndarray, fft: int, hop: int, window: int) -> np.ndarray:
    """Magnitudes (F, K) of an STFT with reflected edges and a periodic Hann window, centred in the FFT."""
    padded = np.pad(audio, fft // 2, mode="reflect")
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    left = (fft - window) // 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft)[::hop]
    return np.abs(np.fft.rfft(frames * np.pad(hann, (left, fft - window - left)), axis=-1))


def _at_resolution(reference: np.ndarray, sound: np.ndarray, fft: int, hop: int, window: int) -> float:
    true, made = (
        np.maximum(magnitudes(audio, fft, hop, window), SMALLEST_MAGNITUDE) for audio in (reference, sound)
    )
    convergence = np.linalg.norm(true - made) / np.linalg.norm(true)
    return float(convergence + np.abs(np.log(true) - np.log(made)).mean())


def _mean_cepstral_distance(take: Take, reference: np.ndarray, sound: np.ndarray) -> float:
    true, made = cepstra(take.recording.mel), cepstra(take.sound.mel)
    return float(cepstral_distance(true[:, reference], made[:, sound]).mean())
