"""Spectra of overlapping frames, as the mel, its projection and the pulse train see them."""

import numpy as np


def spectra(
    samples: np.ndarray,
    window: np.ndarray,
    *,
    hop_samples: int,
    frames_out: np.ndarray | None = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Spectra (..., F, n/2 + 1) of the frames of `samples` (..., (F - 1) hop + n) under `window` (n,).

    frames_out (..., F, n) and out: memory for frames and spectra, of one who asks again and again.
    """
    size = len(window)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size, axis=-1)[..., ::hop_samples, :]
    # By default numpy scales by the integer 1, for which it copies float32 through small buffers: five times
    # as slow as by 1/n, which the window takes back.
    windowed = np.multiply(frames, window * window.dtype.type(size), out=frames_out)
    return np.fft.rfft(windowed, axis=-1, norm="forward", out=out)
