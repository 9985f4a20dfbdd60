"""One scale from comparisons of pairs (Bradley and Terry 1952).

    P(a is preferred to b) = 1 / (1 + exp(s_b - s_a))

Fitted by minorisation (Hunter 2004); half an answer is added to both sides of every pair that was compared,
so a system that always won has a finite place. Intervals: raters drawn anew with replacement.
"""

import numpy as np

_STEPS, _TOLERANCE = 2000, 1e-10


def fit(wins: np.ndarray) -> np.ndarray:
    """Strengths (..., S) in log odds with mean 0, from wins (..., S, S): row preferred to column."""
    compared = (wins + np.swapaxes(wins, -1, -2)) > 0
    wins = wins + 0.5 * compared
    games = wins + np.swapaxes(wins, -1, -2)
    won = wins.sum(axis=-1)
    strength = np.ones_like(won)
    for _ in range(_STEPS):
        sums = strength[..., :, None] + strength[..., None, :]
        new = won / np.maximum((games / sums).sum(axis=-1), 1e-300)
        new /= np.exp(np.log(np.maximum(new, 1e-300)).mean(axis=-1, keepdims=True))
        change = np.abs(np.log(np.maximum(new, 1e-300) / np.maximum(strength, 1e-300))).max()
        strength = new
        if change < _TOLERANCE:
            break
    logs = np.log(np.maximum(strength, 1e-300))
    return logs - logs.mean(axis=-1, keepdims=True)


def intervals(
    wins_by_rater: np.ndarray, *, draws: int = 1000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strengths (S,) and their 95 % bounds (S,), (S,), from wins (R, S, S) of each rater."""
    raters = len(wins_by_rater)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(raters, np.full(raters, 1 / raters), size=draws)
    drawn = fit(np.tensordot(counts, wins_by_rater, axes=1))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return fit(wins_by_rater.sum(axis=0)), low, high
