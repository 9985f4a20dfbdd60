"""The noise floor of a recording and of the voice, and the way from one to the other in a mel."""

import numpy as np

from itoaudio.runtime.align import Aligned

FEWEST_FRAMES = 5


def floors(heard: Aligned, silent: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Natural log-mel of silence (M,) in the voice and in the recording; None where too little is silent.

    silent (S,): symbols that stand for silence.
    """
    frames = np.repeat(silent, heard.durations)
    if frames.sum() < FEWEST_FRAMES:
        return None
    own = np.average(heard.means[silent], weights=heard.durations[silent], axis=0)
    return own, np.median(heard.log_mel[:, frames], axis=1)


def floor_matched(log_mel: np.ndarray, own: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """`log_mel` (M, L) with the noise floor `wanted` for its `own`, (M,) each: noise adds in power."""
    power = np.exp(2 * log_mel) - np.exp(2 * own)[:, None]
    least = np.exp(2 * wanted)[:, None]
    matched: np.ndarray = 0.5 * np.log(np.maximum(power, 0.0) + least)
    return matched.astype(np.float32)
