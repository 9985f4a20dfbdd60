"""Monotonic alignment search: which symbol each frame belongs to (Glow-TTS, arXiv 2005.11129, algorithm 1).

Q[s, f] = max(Q[s, f-1], Q[s-1, f-1]) + score[s, f]: the best monotonic path without gaps that ends with
frame f in symbol s; every symbol gets at least one frame. Exact, O(S F); the search carries no gradient.
"""

import numba
import numpy as np
import torch
from torch import Tensor


def align(score: Tensor, symbols: Tensor, frames: Tensor) -> Tensor:
    """Frames of each symbol on the best path: (B, S) int64, zero at padding, rows summing to `frames`.

    score (B, S, F): log-likelihood of frame f under symbol s; symbols, frames (B,): lengths without padding.
    ValueError when an item has fewer frames than symbols: no path exists.
    """
    if bool((frames < symbols).any()) or bool((symbols < 1).any()):
        item = int(torch.nonzero((frames < symbols) | (symbols < 1))[0])
        raise ValueError(f"item {item}: {frames[item]} frames cannot hold {symbols[item]} symbols")
    values = np.ascontiguousarray(score.detach().float().cpu().numpy())
    durations = _search_batch(values, symbols.cpu().numpy(), frames.cpu().numpy())
    return torch.from_numpy(durations).to(score.device)


def log_likelihood(mean: Tensor, mel: Tensor) -> Tensor:
    """-|mel_f - mean_s|^2 / 2, (B, S, F): unit-variance Gaussians up to a constant.

    mean (B, S, M) of the symbols, mel (B, M, F), both standardised.
    """
    square = mean.square().sum(-1).unsqueeze(-1) + mel.square().sum(1).unsqueeze(1)
    return mean @ mel - 0.5 * square


def diagonal_prior(symbols: Tensor, frames: Tensor, shape: tuple[int, int], *, width: float = 1.0) -> Tensor:
    """log P(symbol s | frame f) of a beta-binomial walk along the diagonal, (B, S, F) for `shape` (S, F).

    Added to the score it straightens the first alignments (RAD-TTS; Badlani et al., arXiv 2108.10447, eq. 6).
    width: larger is narrower. Zero at padding.
    """
    position = torch.arange(shape[0], device=symbols.device).view(1, -1, 1)
    last = symbols.view(-1, 1, 1) - 1  # n of the binomial
    frame = torch.arange(1, shape[1] + 1, device=symbols.device).view(1, 1, -1)
    rise = width * frame
    fall = (width * (frames.view(-1, 1, 1) - frame + 1)).clamp_min(width)
    inside = position.clamp(max=last)
    log_choose = _log_factorial(last) - _log_factorial(inside) - _log_factorial(last - inside)
    log_pmf = log_choose + _log_beta(inside + rise, last - inside + fall) - _log_beta(rise, fall)
    real = (position <= last) & (frame <= frames.view(-1, 1, 1))
    return torch.where(real, log_pmf, 0.0)


def _log_factorial(n: Tensor) -> Tensor:
    return torch.lgamma(n.float() + 1)


def _log_beta(a: Tensor, b: Tensor) -> Tensor:
    return torch.lgamma(a.float()) + torch.lgamma(b.float()) - torch.lgamma((a + b).float())


@numba.njit(cache=True)
def _search_batch(scores: np.ndarray, symbols: np.ndarray, frames: np.ndarray) -> np.ndarray:
    durations = np.zeros(scores.shape[:2], dtype=np.int64)
    for item in range(len(scores)):
        _search(scores[item, : symbols[item], : frames[item]], durations[item])
    return durations


@numba.njit(cache=True)
def _search(score: np.ndarray, durations: np.ndarray) -> None:
    """Fills `durations` for one item; score (S, F), F >= S."""
    symbols, frames = score.shape
    stepped = np.zeros((symbols, frames), dtype=np.bool_)  # the path came from symbol s - 1
    best = np.full(symbols, -np.inf)
    best[0] = score[0, 0]
    for f in range(1, frames):
        # Symbol s is within reach when f >= s and the rest still fits: frames - f >= symbols - s.
        lowest, highest = max(0, symbols - (frames - f)), min(f, symbols - 1)
        for s in range(highest, lowest - 1, -1):
            stay, step = best[s], best[s - 1] if s > 0 else -np.inf
            stepped[s, f] = step > stay
            best[s] = max(stay, step) + score[s, f]
        for s in range(lowest):
            best[s] = -np.inf
    s = symbols - 1
    for f in range(frames - 1, -1, -1):
        durations[s] += 1
        if stepped[s, f]:
            s -= 1
