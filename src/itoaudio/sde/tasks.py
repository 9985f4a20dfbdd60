"""Tasks on the one sampling loop: inpainting and guidance. A warm start is `sde.perturb` of a draft at
grid[0] < t_max.

With parametrisation, network and sampler apart, guidance is a network and inpainting a corrector.
"""

from dataclasses import dataclass
from typing import final

from .arrays import Array, check_broadcast
from .correctors import Corrector
from .instant import Instant, transition
from .noise import Draw
from .parametrisation import Denoiser, Network
from .predictors import DDIM


@final
@dataclass(frozen=True, kw_only=True)
class Inpaint(Corrector):
    """Keeps `known` where `mask` is 1 (both broadcast to x): the known part is drawn anew from its kernel
    after each step (Song et al. 2021, appendix I.2); for resample > 1 the step is taken back and done again
    by ancestral sampling, so that the rest hears the known part (Lugmayr et al. 2022, algorithm 1). One
    network call each."""

    known: Array
    mask: Array
    resample: int = 1
    after_last: bool = True

    def __post_init__(self) -> None:
        if self.resample < 1:
            raise ValueError(f"resample = {self.resample}: 1 only projects, more go back and forth")

    def correct(self, denoiser: Denoiser, x: Array, t: Instant, s: Instant, noise: Draw) -> Array:
        check_broadcast("known", self.known, x)
        check_broadcast("mask", self.mask, x)
        m, std = transition(s, t)
        x = self._project(x, s, noise)
        for _ in range(self.resample - 1):
            back = denoiser.at(m * x + std * noise(), t)
            x = self._project(DDIM(eta=1.0).step(denoiser, [back], s, noise), s, noise)
        return x

    def _project(self, x: Array, s: Instant, noise: Draw) -> Array:
        return self.mask * (s.alpha * self.known + s.sigma * noise()) + (1 - self.mask) * x


def guided(conditional: Network, unconditional: Network, scale: float) -> Network:
    """unconditional + scale (conditional - unconditional) (Ho & Salimans 2022, eq. 6): 1 is the conditional
    network.

    Targets are linear in the score with weights that add to one, so this guides the score in any
    parametrisation.
    """

    def network(x: Array, level: Array) -> Array:
        without = unconditional(x, level)
        heard = conditional(x, level)
        if heard.shape != without.shape:
            raise ValueError(
                f"unconditional of shape {tuple(without.shape)} does not fit {tuple(heard.shape)}"
            )
        return without + scale * (heard - without)

    return network
