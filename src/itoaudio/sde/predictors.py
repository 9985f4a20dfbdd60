"""Predictors: one step from t to s < t. Each is data plus a short `step` under its own update equation.

`history` holds the predictions at the current state (last) and before; `order` says how many a predictor
reads. `noise()` draws standard normal noise in the state's shape; deterministic predictors never call it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from .arrays import Array
from .instant import Instant
from .parametrisation import Denoiser, Prediction

Draw = Callable[[], Array]


class Predictor(ABC):
    """Moves a state from time t to s."""

    order: int = 1

    @abstractmethod
    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        """The state at s, in the shape of history[-1].x."""


@dataclass(frozen=True)
class EulerMaruyama(Predictor):
    """x_s = x - [f x - (1 + c^2)/2 g^2 score] dt + c g sqrt(dt) z: the reverse-time SDE (Anderson 1982), with
    `stochasticity` c = 1; c = 0 is the probability-flow ODE (Song et al. 2021, eq. 6 and 13)."""

    stochasticity: float = 1.0

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        now = history[-1]
        dt = now.t - s.t
        x = now.x - dt * now.velocity
        if not self.stochasticity:
            return x
        g2 = self.stochasticity**2 * now.now.g2 * dt
        return x + (0.5 * g2) * now.score + g2**0.5 * noise()


@dataclass(frozen=True)
class ReverseDiffusion(Predictor):
    """The forward chain's own discretisation run backwards (Song et al. 2021, appendix E, eq. 46):
    x_s = x + [(1 - m) x + G^2 score] + G z, with m = alpha_t/alpha_s and G^2 = sigma_t^2 - m^2 sigma_s^2."""

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction, t = history[-1], history[-1].now
        m = t.alpha / s.alpha
        g2 = t.sigma**2 - m**2 * s.sigma**2
        return (2 - m) * prediction.x + g2 * prediction.score + g2**0.5 * noise()


@dataclass(frozen=True)
class DPMSolverPlusPlus2M(Predictor):
    """x_s = (sigma_s/sigma_t) x + alpha_s (1 - e^-h) D, D = (1 + 1/2r) x0_t - (1/2r) x0_prev (Lu et al.
    2022b, alg. 2). Exact for a constant denoised; starts exactly at the noise (alpha = 0) and ends at sigma =
    0."""

    order: int = 2

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction, t = history[-1], history[-1].now
        denoised = prediction.denoised
        if len(history) > 1:
            slope = extrapolation(history[-2].now, t, s)
            denoised = (1 + slope) * denoised - slope * history[-2].denoised
        # e^-h = (sigma_s/alpha_s)/(sigma_t/alpha_t), without a logarithm of alpha_t = 0 or sigma_s = 0.
        kept = s.sigma / t.sigma
        return kept * prediction.x + (s.alpha - kept * t.alpha) * denoised


@dataclass(frozen=True)
class HeunFlow(Predictor):
    """Heun's method on the probability flow: trapezoid of the velocities at t and at the Euler end point."""

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        now = history[-1]
        dt = now.t - s.t
        there = denoiser.at(now.x - dt * now.velocity, s)
        return now.x - (0.5 * dt) * (now.velocity + there.velocity)


def extrapolation(before: Instant, now: Instant, following: Instant) -> float:
    """1/2r = h/(2 h_prev) in half log-SNR; 0 when `before` is pure noise (h_prev = inf), and when `following`
    is noise-free (h = inf): the multistep formula then falls back to first order."""
    if not isfinite(before.half_log_snr) or not isfinite(following.half_log_snr):
        return 0.0
    return (following.half_log_snr - now.half_log_snr) / (2 * (now.half_log_snr - before.half_log_snr))


PREDICTORS: dict[str, Predictor] = {
    "euler_maruyama": EulerMaruyama(),
    "euler_flow": EulerMaruyama(stochasticity=0.0),
    "reverse_diffusion": ReverseDiffusion(),
    "dpm_solver_pp_2m": DPMSolverPlusPlus2M(),
    "heun_flow": HeunFlow(),
}
"""By the name that configs, voice.json and `ito --sampler` use."""
