"""The rise of a question, where a corpus has too few of them to learn it from.

A predictor of means that met fifty questions among fifteen hundred takes ends them as it ends statements.
The speaker of `kathleen` goes up by 5.5 semitones in the last 0.3 s of one that asks for a yes or a no (the
median of 25; `benchmarks/prosody.py` measures it), where the model alone falls by 3.
"""

from collections.abc import Callable

import numpy as np

from itoaudio.text.symbols import PAD, PUNCTUATION

Intonation = Callable[[np.ndarray], np.ndarray]
"""Frames (S,) of symbols -> semitones (S,) to add to their pitch."""

RISE_SEMITONES = 9.0
RISE_SECONDS = 0.35


def question_rise(symbols: str, frames: np.ndarray, *, frame_rate: float) -> np.ndarray:
    """Semitones (S,) to add to the pitch of each of `symbols`, whose lengths in frames are `frames` (S,).

    0 until shortly before the last sound, from there on a straight way up, that symbols follow in steps.
    """
    sounds = [place for place, symbol in enumerate(symbols) if symbol not in f"{PAD}{PUNCTUATION} "]
    if not sounds:
        return np.zeros(len(symbols))
    ends = np.cumsum(frames)
    length = RISE_SECONDS * frame_rate
    centres = ends - 0.5 * frames
    way = (centres - (ends[sounds[-1]] - length)) / length
    return RISE_SEMITONES * np.clip(way, 0.0, 1.0)
