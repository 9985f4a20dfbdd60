"""Denoising score matching (Vincent 2011; Song et al. 2021, eq. 7): the one training loss of both models.

The error is measured in the network's own target. All targets are linear in data and noise, so their errors
at one t are proportional, and a weighting of the error of any of them is one of the error of v: here
weightings are written for v, as functions of cos = alpha/size and sin = sigma/size, and `denoising_error`
converts. A sliced score matching error, which needs no noise, serves as a check.
"""

from collections.abc import Callable
from math import exp, isfinite

from .arrays import Array, namespace
from .instant import Instant
from .likelihood import directional
from .parametrisation import Denoiser, Parametrisation

Weighting = Callable[[Instant, Parametrisation], Array]
"""Factor on the squared error of the parametrisation's target."""


def unit(now: Instant, parametrisation: Parametrisation) -> Array:
    """Every noise level counts the same in the network's own target."""
    return 1.0


def edm(now: Instant, parametrisation: Parametrisation) -> Array:
    """1 on v: EDM's (sigma^2 + 1)/sigma^2 on x_0 for data of unit variance (Karras et al. 2022, table 1)."""
    return _as_v(now, parametrisation)


def sigma2(now: Instant, parametrisation: Parametrisation) -> Array:
    """sigma^2 on the score, 1 on eps: the paper's lambda(t) (Song et al. 2021; Ho et al. 2020, eq. 14)."""
    return _as_v(now, parametrisation) * _cos2(now)


def likelihood(now: Instant, parametrisation: Parametrisation) -> Array:
    """g^2 on the score: with t uniform the loss bounds -log p (Song et al. 2021b, theorem 1). Grows without
    bound towards t = 0."""
    return sigma2(now, parametrisation) * now.g2 / now.sigma**2


def min_snr(now: Instant, parametrisation: Parametrisation) -> Array:
    """min(SNR, 5)/SNR on eps (Hang et al. 2023, eq. 7)."""
    cos2 = _cos2(now)
    return _as_v(now, parametrisation) * namespace(cos2).minimum(cos2, 5.0 * (1 - cos2))


def sigmoid(now: Instant, parametrisation: Parametrisation) -> Array:
    """sigmoid(2 - log SNR) on eps (Kingma & Gao 2023, section 4.1)."""
    cos2 = _cos2(now)
    return _as_v(now, parametrisation) * cos2 * (1 - cos2) / (1 - cos2 + exp(-2) * cos2)


def _cos2(now: Instant) -> Array:
    return (now.alpha / now.size) ** 2


def _as_v(now: Instant, parametrisation: Parametrisation) -> Array:
    """Squared error of v over that of the target: (size/determinant)^2, 1 for v itself."""
    a, b = parametrisation.coefficients(now)
    return (now.size / (now.alpha * b - now.sigma * a)) ** 2


WEIGHTINGS: dict[str, Weighting] = {
    "unit": unit,
    "edm": edm,
    "sigma2": sigma2,
    "likelihood": likelihood,
    "min_snr": min_snr,
    "sigmoid": sigmoid,
}
"""By the name that configs use."""


def denoising_error(
    denoiser: Denoiser, x0: Array, t: Array, noise: Array, *, weighting: Weighting = unit
) -> Array:
    """Squared error at each element of x0 (B, ...), weighted; its masked mean is the loss.

    t: (B,) times in (0, t_max]; noise: standard normal in x0's shape.
    """
    output = denoiser.output(denoiser.sde.perturb(x0, t, noise), t)
    error = output - denoiser.parametrisation.target(denoiser.sde, t, x0, noise)
    return weighting(denoiser.sde.at(t, x0), denoiser.parametrisation) * error * error


def sliced_score_error(denoiser: Denoiser, x: Array, t: float, directions: Array) -> Array:
    """z.(ds/dx) z + |s|^2/2 at states x (B, ...) of time t, averaged over `directions` z (P, B, ...): shape
    (B,).

    Its mean over p_t is least at the true score, whatever made x (Song et al. 2019, arXiv 1905.07088, eq. 8).
    A check without gradients, not a loss. ValueError for directions that do not fit x, and for a score that
    is not finite.
    """
    if directions.shape[1:] != x.shape:
        raise ValueError(f"directions of shape {tuple(directions.shape)} must be (P, *{tuple(x.shape)})")

    def score(y: Array, time: float) -> Array:
        return denoiser(y, time).score

    value, curvature = directional(score, x, t, directions)
    error = curvature.mean(1) + 0.5 * (value * value).reshape(len(x), -1).sum(-1)
    if not isfinite(total := error.sum().item()):
        raise ValueError(f"score is {total} at t = {t}: check the network's output")
    return error
