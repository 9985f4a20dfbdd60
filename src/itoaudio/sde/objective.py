"""Denoising score matching (Vincent 2011; Song et al. 2021, eq. 7): the one training loss of both models.

The error is measured in the parametrisation's own target; for `v` (unit-variance data) and `scaled_score` a
weighting of 1 is the paper's lambda(t) = sigma^2 on the score, up to the bounded factor between the targets.
"""

from collections.abc import Callable

from .arrays import Array, cast_like, float64, per_item
from .linear import LinearSDE
from .parametrisation import Denoiser

Weighting = Callable[[LinearSDE, Array], Array]


def unit(sde: LinearSDE, t: Array) -> Array:
    """Every noise level counts the same in the network's own target."""
    return 0 * t + 1


def min_snr(sde: LinearSDE, t: Array) -> Array:
    """min(SNR, 5)/(SNR + 1): Hang et al. 2023's weighting, for targets of v."""
    snr = (sde.alpha(t) / sde.sigma(t)) ** 2
    return (snr.clip(max=5.0) if hasattr(snr, "clip") else min(snr, 5.0)) / (snr + 1)


WEIGHTINGS: dict[str, Weighting] = {"unit": unit, "min_snr": min_snr}


def denoising_error(
    denoiser: Denoiser, x0: Array, t: Array, noise: Array, *, weighting: Weighting = unit
) -> Array:
    """Squared error at each element of x0 (B, ...), weighted; its masked mean is the loss.

    t: (B,) times in (0, t_max]; noise: standard normal in x0's shape.
    """
    sde = denoiser.sde
    target = denoiser.parametrisation.target(sde, t, x0, noise)
    error = denoiser.output(sde.perturb(x0, t, noise), t) - target
    return cast_like(per_item(float64(weighting(sde, t)), x0), x0) * error * error
