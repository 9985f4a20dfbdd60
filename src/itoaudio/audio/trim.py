"""Cutting silence from the ends of a recording."""

import numpy as np

_HOP, _WINDOW = 256, 1024


def trim(
    audio: np.ndarray, *, sample_rate: int, margin_seconds: float, threshold_db: float = 38.0
) -> np.ndarray:
    """Audio (N,) from `margin_seconds` before the first to the same after the last loud frame.

    Loud is within `threshold_db` of the loudest frame's RMS. Silence throughout comes back whole.
    """
    if len(audio) <= _WINDOW:
        return audio
    frames = np.lib.stride_tricks.sliding_window_view(audio, _WINDOW)[::_HOP]
    rms = np.sqrt((frames.astype(np.float64) ** 2).mean(axis=1))
    loud = np.flatnonzero(rms > rms.max() * 10 ** (-threshold_db / 20))
    if len(loud) == 0:
        return audio
    margin = int(margin_seconds * sample_rate)
    return audio[max(0, loud[0] * _HOP - margin) : loud[-1] * _HOP + _WINDOW + margin]
