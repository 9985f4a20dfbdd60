"""Correctors: Markov chain moves that leave p_t unchanged, run after a predictor's step."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from .arrays import Array, norm
from .instant import Instant
from .noise import Draw
from .parametrisation import Denoiser


class Corrector(ABC):
    """Moves a state at time s, which a predictor has just brought there from time t; at the end only if
    `after_last`."""

    after_last: bool = False

    @abstractmethod
    def correct(self, denoiser: Denoiser, x: Array, t: Instant, s: Instant, noise: Draw) -> Array:
        """The state after the move, in x's shape."""


@final
@dataclass(frozen=True, kw_only=True)
class AnnealedLangevin(Corrector):
    """x += e score + sqrt(2 e) z, with e = 2 a (snr |z| / |score|)^2 (Song et al. 2021, algorithms 4 and 5).

    |.| is the norm over all axes but the first, so that every item of a batch moves by its own step.
    Algorithm 5's a = 1 - beta_i is (alpha_t/alpha_s)^2 of the step just taken; it is 1 for VE, as in
    algorithm 4.
    """

    snr: float = 0.16
    steps: int = 1

    def __post_init__(self) -> None:
        if not (self.snr > 0 and self.steps >= 1):
            raise ValueError(f"need snr > 0 and steps >= 1, got snr = {self.snr} and steps = {self.steps}")

    def correct(self, denoiser: Denoiser, x: Array, t: Instant, s: Instant, noise: Draw) -> Array:
        for _ in range(self.steps):
            score, z = denoiser.at(x, s).score, noise()
            size = 2 * (t.alpha / s.alpha) ** 2 * (self.snr * norm(z) / norm(score)) ** 2
            x = x + size * score + (2 * size) ** 0.5 * z
        return x
