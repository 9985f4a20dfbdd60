"""Forced alignment by the voice's own graphs: which frames of a recording say which symbol of its text.

Monotonic alignment search (Glow-TTS, arXiv 2005.11129, algorithm 1) on -|mel_f - mean_s|^2 / 2, as in
training (`networks/acoustic/alignment.py`), with the condition graph's mean of each symbol; numpy only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from itoaudio.audio.mel import LOG_FLOOR
from itoaudio.runtime.acoustic import LOG_CEILING, regulate
from itoaudio.runtime.envelope import envelope_error
from itoaudio.runtime.sessions import Graph
from itoaudio.runtime.voice_format import Acoustic

Spoken = Mapping[str, np.ndarray]
"""What the text graph says of S symbols: `hidden` (1, H, S); `log_duration`, `pitch`, `energy` (1, S)."""

ROUNDS = 3  # durations and level are guessed, then found, each with the other's help
BLOCK_FRAMES = 256


@dataclass(frozen=True, eq=False)
class Aligned:
    """A recording under its text. durations (S,) frames of each symbol, F in sum.

    `log_mel` (M, F) is at the level the voice was trained at: the recording's less `level`, in nepers.
    means (S, M): what the voice expects of each symbol, natural log. `distance` of the sound's envelope to
    them, see `envelope_error`, averaged over frames.
    """

    durations: np.ndarray
    log_mel: np.ndarray
    level: float
    means: np.ndarray
    distance: float


def align(log_mel: np.ndarray, spoken: Spoken, condition: Graph, spec: Acoustic) -> Aligned:
    """`log_mel` (M, F) under the symbols of `spoken`; ValueError when F < S: no path exists."""
    offset, scale = np.array(spec.mel_mean), np.array(spec.mel_std)
    loudness = log_mel.mean(axis=0)
    loud = loudness >= np.median(loudness)
    durations = np.maximum(regulate(spoken["log_duration"][0], speed=1.0, longest=np.inf), 1)
    means = offset + scale * symbol_means(spoken, durations, condition)
    level = float(np.quantile(loudness, 0.75) - np.quantile(np.repeat(means.mean(1), durations), 0.75))
    for _ in range(ROUNDS):
        mel = at_level(log_mel, -level)
        durations = search((means - offset) / scale, (mel - offset[:, None]) / scale[:, None])
        means = offset + scale * symbol_means(spoken, durations, condition)
        held = np.repeat(means, durations, axis=0).T
        level = float(np.median((loudness - held.mean(axis=0))[loud]))
    mel = at_level(log_mel, -level)
    return Aligned(durations, mel, level, means, float(envelope_error(mel, means, durations, scale).mean()))


def at_level(log_mel: np.ndarray, nepers: float) -> np.ndarray:
    """A natural-log mel made louder, within the range of mels."""
    return np.clip(log_mel + np.float32(nepers), LOG_FLOOR, LOG_CEILING)


def symbol_means(spoken: Spoken, durations: np.ndarray, condition: Graph) -> np.ndarray:
    """The condition graph's mean of each symbol, (S, M), when symbols last `durations` >= 1 frames."""
    mean = condition({name: np.repeat(spoken[name], durations, axis=-1) for name in spoken})["mean"][0]
    return average(mean, durations).T


def average(frames: np.ndarray, durations: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Weighted mean of `frames` (..., F) over each symbol's, (..., S); durations >= 1, weights (F,) > 0."""
    starts = np.cumsum(durations) - durations
    if weights is None:
        weights = np.ones(frames.shape[-1])
    return np.add.reduceat(frames * weights, starts, axis=-1) / np.add.reduceat(weights, starts)


def search(means: np.ndarray, mel: np.ndarray) -> np.ndarray:
    """Frames of each symbol (S,), at least one, on the best monotonic path: means (S, M), mel (M, F).

    ValueError when there are fewer frames than symbols.
    """
    symbols, frames = len(means), mel.shape[1]
    if frames < symbols:
        raise ValueError(
            f"{frames} frames of sound cannot hold {symbols} symbols of text: is the text right?"
        )
    bias = -0.5 * (means**2).sum(axis=1, keepdims=True)
    stepped = np.zeros((frames, symbols), dtype=bool)  # the path came from symbol s - 1
    best = np.full(symbols, -np.inf)
    before = np.array([0.0])  # the start, then "no symbol"
    for first in range(0, frames, BLOCK_FRAMES):
        scores = means @ mel[:, first : first + BLOCK_FRAMES] + bias
        for f, score in enumerate(scores.T, first):
            previous = np.concatenate([before, best[:-1]])
            stepped[f] = previous > best
            best = np.where(stepped[f], previous, best) + score
            before = np.array([-np.inf])
    durations = np.zeros(symbols, dtype=np.int64)
    s = symbols - 1
    for f in range(frames - 1, -1, -1):
        durations[s] += 1
        s -= int(stepped[f, s])
    return durations
