"""Mel cepstra, the distance between them in dB, and the alignment of two readings of one sentence.

With c_k = (2/M) sum_m log S_m cos(pi k (m + 1/2)/M), an amplitude's one-sided cepstrum, Kubichek's (1993)
distance 10 sqrt(2)/ln 10 * |c - c'| is the RMS of the difference of the log spectra in dB, mean removed,
when all M - 1 coefficients are kept.
"""

import numpy as np
from scipy.fft import dct

COEFFICIENTS = 24
DECIBELS = 10 * np.sqrt(2) / np.log(10)


def cepstra(log_mel: np.ndarray, *, coefficients: int = COEFFICIENTS) -> np.ndarray:
    """Natural-log amplitude mel (M, F) -> c_1 .. c_D, (D, F); c_0, the loudness, is left out."""
    bands = log_mel.shape[0]
    return dct(log_mel.astype(np.float64), type=2, axis=0)[1 : coefficients + 1] / bands


def cepstral_distance(reference: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Distance in dB of cepstra (D, P) frame by frame, (P,)."""
    return DECIBELS * np.sqrt(((reference - other) ** 2).sum(axis=0))


def warping_path(reference: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames of two log mels (M, F), (M, F') along the path of least cepstral distance, (P,) each.

    Steps (1, 1), (0, 1), (1, 0) of equal weight, from the first pair of frames to the last.
    """
    from librosa.sequence import dtw

    _, path = dtw(cepstra(reference), cepstra(other), metric="euclidean")
    return path[::-1, 0], path[::-1, 1]
