"""Predictors of one step from t to s < t: each is data plus a short `step` under its own update equation.

`history` holds the predictions at the current state (last) and before, at most `memory` of them. `noise()`
draws standard normal noise in the state's shape; deterministic predictors never call it. m and G below are
the forward kernel's from s to t. Those that read the past are in `multistep`, the table of names in
`sampler`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from .arrays import Array
from .instant import Instant, transition
from .linear import LinearSDE
from .noise import Draw
from .parametrisation import Denoiser, Prediction


def check_stochasticity(stochasticity: float) -> None:
    if not stochasticity >= 0:
        raise ValueError(
            f"stochasticity = {stochasticity}: 0 is the probability flow, 1 Anderson's reverse SDE"
        )


class Predictor(ABC):
    """Moves a state from time t to s. memory: how many predictions it reads."""

    memory: int = 1

    @abstractmethod
    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        """The state at s, in the shape of history[-1].x."""


@final
@dataclass(frozen=True)
class EulerMaruyama(Predictor):
    """x_s = x - [f x - (1 + c^2)/2 g^2 score] dt + c g sqrt(dt) z: the reverse-time SDE (Anderson 1982), with
    `stochasticity` c = 1; c = 0 is the probability-flow ODE (Song et al. 2021, eq. 6 and 13)."""

    stochasticity: float = 1.0

    def __post_init__(self) -> None:
        check_stochasticity(self.stochasticity)

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction, t = history[-1], history[-1].now
        dt = t.t - s.t
        if not self.stochasticity:
            return prediction.x - dt * prediction.velocity
        spread = self.stochasticity * (t.g2 * dt) ** 0.5
        return prediction.x - dt * prediction.drift(self.stochasticity) + spread * noise()


@final
@dataclass(frozen=True)
class ReverseDiffusion(Predictor):
    """The forward chain's own discretisation run backwards (Song et al. 2021, appendix E, eq. 46):
    x_s = x + [(1 - m) x + G^2 score] + G z."""

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction = history[-1]
        m, g = transition(s, prediction.now)
        return (2 - m) * prediction.x + g**2 * prediction.score + g * noise()


@final
@dataclass(frozen=True)
class DDIM(Predictor):
    """x_s = alpha_s x_0 + sqrt(sigma_s^2 - w^2) eps + w z, with w = eta G sigma_s/sigma_t (Song et al. 2020,
    eq. 12 and 16). eta = 1 is ancestral sampling, the forward chain's exact posterior (Ho et al. 2020, eq. 7;
    for VE, Song et al. 2021, eq. 47); eta = 0 is the probability flow, exact for a constant x_0."""

    eta: float = 0.0

    def __post_init__(self) -> None:
        if not self.eta >= 0:
            raise ValueError(f"eta = {self.eta}: 0 is the probability flow, 1 ancestral sampling")

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction = history[-1]
        if not self.eta:
            return prediction.mix(s.alpha, s.sigma)
        w = self.eta * transition(s, prediction.now)[1] * s.sigma / prediction.now.sigma
        rest = s.sigma**2 - w**2
        if rest < -1e-9 * s.sigma**2:  # rounding alone may bring it below 0, for eta = 1
            raise ValueError(f"eta = {self.eta} asks for more noise than x has at t = {s.t} of {s.sde}")
        return prediction.mix(s.alpha, max(rest, 0.0) ** 0.5) + w * noise()


@final
@dataclass(frozen=True)
class ExponentialEuler(Predictor):
    """x_s = (alpha_s/alpha_t) x + (1 + c^2)(sigma_s - (alpha_s/alpha_t) sigma_t) eps + c (alpha_s/alpha_t) G
    z: the reverse SDE with f and the noise exact and eps held (azula's ItoSampler). Needs alpha_t > 0."""

    stochasticity: float = 1.0

    def __post_init__(self) -> None:
        check_stochasticity(self.stochasticity)

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        prediction, t = history[-1], history[-1].now
        if t.alpha == 0:
            raise ValueError(f"alpha = 0 at t = {t.t} of {t.sde}: exponential Euler starts below")
        m, g = transition(s, t)
        pull = (1 + self.stochasticity**2) * (s.sigma - t.sigma / m)
        return (1 / m) * prediction.x + pull * prediction.eps + (self.stochasticity * g / m) * noise()


@final
@dataclass(frozen=True)
class HeunFlow(Predictor):
    """Heun's method on the probability flow, a trapezoid of two velocities (Karras et al. 2022, algorithms 1
    and 2).

    along: the family in whose time the flow is followed, by default the denoiser's own; EDM() is Karras et
    al.'s. churn: gamma of algorithm 2: noise is raised by this fraction, with fresh noise, before each step.
    A step to sigma = 0 is one of Euler's, as there.
    """

    along: LinearSDE | None = None
    churn: float = 0.0

    def __post_init__(self) -> None:
        if not self.churn >= 0:
            raise ValueError(
                f"churn = {self.churn}: noise is raised by this fraction, so it cannot be negative"
            )

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        now = self._raised(denoiser, history[-1], noise) if self.churn else history[-1]
        if now.now.alpha == 0 and self.along is not None and self.along.alpha(self.along.t_max) > 0:
            raise ValueError(
                f"Heun's method along {self.along}, whose alpha is never 0, cannot start at t = {now.now.t},"
                " where alpha = 0: start the grid below it"
            )
        there, end = (u.along(self.along) if self.along else u for u in (now.now, s))
        # y = x there.size/here.size moves with the velocity there; its steps are brought back to x.
        back = s.size / end.size
        start, dt = (there.size / now.now.size * back) * now.x, back * (there.t - end.t)
        velocity = now.mix(*there.rates)
        euler = start - dt * velocity
        if s.sigma == 0:
            return euler
        return start - (0.5 * dt) * (velocity + denoiser.at(euler, s).mix(*end.rates))

    def _raised(self, denoiser: Denoiser, now: Prediction, noise: Draw) -> Prediction:
        t, sde = now.now, now.sde
        level = sde.half_log_snr(t.t) - np.log1p(self.churn)
        if level <= sde.half_log_snr(sde.t_max):
            return now
        higher = sde.at(float(sde.t_of_half_log_snr(level)), now.x)
        m, g = transition(t, higher)
        return denoiser.at(m * now.x + g * noise(), higher)
