"""Active speech level, ITU-T P.56 method B: the power of speech while there is speech, in dBov.

A pause does not make a sentence softer, so sentences with and without pauses come to the same loudness.
"""

import numpy as np
from scipy.signal import lfilter

_TIME_CONSTANT_SECONDS = 0.03
_HANGOVER_SECONDS = 0.2
_MARGIN_DB = 15.9
_THRESHOLDS = 2.0 ** np.arange(-15, 0)


def active_level(audio: np.ndarray, sample_rate: int) -> float:
    """dBov of mono audio (N,) in [-1, 1]; -inf for silence. 0 dBov is a square wave at full scale."""
    power = float(np.square(audio, dtype=np.float64).sum())
    if power == 0:
        return -np.inf
    pole = np.exp(-1 / (sample_rate * _TIME_CONSTANT_SECONDS))
    smooth = np.abs(audio).astype(np.float64)
    for _ in range(2):
        smooth = lfilter([1 - pole], [1, -pole], smooth)
    hangover = int(np.ceil(_HANGOVER_SECONDS * sample_rate))
    level, above = np.nan, np.nan
    for threshold in _THRESHOLDS:
        active = _active_samples(smooth >= threshold, hangover)
        if active == 0:
            break
        here = 10 * np.log10(power / active)
        over = here - 20 * np.log10(threshold) - _MARGIN_DB
        if over <= 0:
            # The level is where it lies the margin above the threshold: between this one and the last.
            share = above / (above - over) if np.isfinite(above) else 1.0
            return float(here if np.isnan(level) else level + share * (here - level))
        level, above = here, over
    return float(level) if np.isfinite(level) else float(10 * np.log10(power / len(audio)))


def _active_samples(loud: np.ndarray, hangover: int) -> int:
    """How many samples are loud or follow a loud one by no more than the hangover."""
    if not loud.any():
        return 0
    places = np.arange(len(loud))
    last = np.maximum.accumulate(np.where(loud, places, -hangover - 1))
    return int(np.count_nonzero(places - last <= hangover))


def clipped(audio: np.ndarray) -> bool:
    """Whether three samples in a row stand at full scale."""
    full = np.abs(audio) >= 0.9999
    return bool(len(full) > 2 and (full[2:] & full[1:-1] & full[:-2]).any())
