"""What a network predicts, and what samplers ask: one wrapper between the two.

Every target in use is linear in data and noise, target = a(t) x_0 + b(t) eps, and x_t = alpha x_0 + sigma
eps, so any network output turns into the posterior mean of x_0 and of eps by solving two linear equations.
Samplers only see `Prediction`; score = -eps/sigma (Vincent 2011), velocity = dx/dt of the probability flow.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from .arrays import Array, host, namespace
from .instant import Instant
from .linear import LinearSDE


@dataclass(frozen=True)
class Prediction:
    """Posterior of x_0 and eps at state `x` and instant `now`, from `output` = a x_0 + b eps.

    Every property has the shape of x and is computed when first asked. ValueError where the target leaves it
    undefined: eps where sigma = 0, or denoised where alpha = 0 if the network predicts eps.
    """

    now: Instant
    x: Array
    output: Array
    a: Array
    b: Array

    @property
    def sde(self) -> LinearSDE:
        return self.now.sde

    @property
    def t(self) -> Array:
        return self.now.t

    def mix(self, p: Array, q: Array) -> Array:
        """p E[x_0 | x_t] + q E[eps | x_t]: every quantity below, as one combination of x and the output."""
        t, a, b = self.now, self.a, self.b
        determinant = _nonzero(t.alpha * b - t.sigma * a, "alpha b - sigma a", t)
        return ((p * b - q * a) / determinant) * self.x + (
            (t.alpha * q - t.sigma * p) / determinant
        ) * self.output

    @cached_property
    def denoised(self) -> Array:
        """E[x_0 | x_t]."""
        return self.mix(1.0, 0.0)

    @cached_property
    def eps(self) -> Array:
        """E[eps | x_t]. Undefined where sigma = 0: no noise was added that could be told."""
        _nonzero(self.now.sigma, "sigma", self.now)
        return self.mix(0.0, 1.0)

    @cached_property
    def score(self) -> Array:
        """Gradient of log p_t(x)."""
        return self.mix(0.0, -1.0 / _nonzero(self.now.sigma, "sigma", self.now))

    @cached_property
    def velocity(self) -> Array:
        """dx/dt of the probability-flow ODE, f x - g^2 score/2 (Song et al. 2021, eq. 13), as
        alpha' x_0 + sigma' eps: the same, and finite where f and g diverge."""
        return self.mix(*self.now.rates)

    def velocity_along(self, reference: LinearSDE) -> Array:
        """dy/dt of the flow in the time of another family, y = x there.size/here.size (see
        `Instant.along`)."""
        if reference not in self._velocities:
            self._velocities[reference] = self.mix(*self.now.along(reference).rates)
        return self._velocities[reference]

    @cached_property
    def _velocities(self) -> dict[LinearSDE, Array]:
        return {}

    def drift(self, stochasticity: float = 1.0) -> Array:
        """Drift of the reverse-time SDE whose diffusion is c g, f x - (1 + c^2)/2 g^2 score: Anderson's for c
        = 1, the probability flow for c = 0, the same marginals for every c."""
        return self.velocity - (0.5 * stochasticity**2 * self.now.g2) * self.score


class Parametrisation(ABC):
    """A target linear in data and noise."""

    @abstractmethod
    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        """(a, b) of target = a x_0 + b eps."""

    def target(self, sde: LinearSDE, t: Array, x0: Array, noise: Array) -> Array:
        """What the network should answer, in the shape of x0."""
        a, b = self.coefficients(sde.at(t, x0))
        return a * x0 + b * noise

    def prediction(self, sde: LinearSDE, x: Array, t: Array, output: Array) -> Prediction:
        """Turn a network's output at (x, t) into the posterior."""
        return self.predict(x, sde.at(t, x), output)

    def predict(self, x: Array, now: Instant, output: Array) -> Prediction:
        """`prediction`, at an instant that is already there."""
        if output.shape != x.shape:
            raise ValueError(
                f"output of shape {tuple(output.shape)} does not fit x of shape {tuple(x.shape)}"
            )
        return Prediction(now, x, output, *self.coefficients(now))


class Eps(Parametrisation):
    """The noise itself (Ho et al. 2020). Needs alpha > 0."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return 0.0, 1.0


class Denoised(Parametrisation):
    """The clean data. Needs sigma > 0."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return 1.0, 0.0


class Score(Parametrisation):
    """The score -eps/sigma, as in the paper. Needs alpha and sigma > 0."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return 0.0, -1.0 / _nonzero(now.sigma, "sigma", now)


class ScaledScore(Parametrisation):
    """sigma times the score, -eps: what score_sde's networks divide by sigma. Needs alpha > 0."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return 0.0, -1.0


class Velocity(Parametrisation):
    """alpha' x_0 + sigma' eps, the flow's own velocity (Lipman et al. 2023). Needs finite rates."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return now.rates


class V(Parametrisation):
    """Salimans & Ho 2022's v = alpha eps - sigma x_0 of the unit-scaled state; for data of unit variance it
    is EDM's preconditioning (Karras et al. 2022, table 1). Defined at every t, alpha = 0 and sigma = 0
    included."""

    def coefficients(self, now: Instant) -> tuple[Array, Array]:
        return -now.sigma / now.size, now.alpha / now.size


PARAMETRISATIONS: dict[str, Parametrisation] = {
    "eps": Eps(),
    "denoised": Denoised(),
    "score": Score(),
    "scaled_score": ScaledScore(),
    "velocity": Velocity(),
    "v": V(),
}
"""By the name that configs and voice.json use."""


Network = Callable[[Array, Array], Array]
"""(state scaled to unit variance, noise level in [0, 1]) -> output in the state's shape; the condition is
bound."""


@dataclass(frozen=True)
class Denoiser:
    """A network seen through its parametrisation: (x, t) -> Prediction.

    The network gets x scaled to unit variance and the SDE's `noise_level`, so it does not know which family
    it serves: a network trained on one linear SDE can be sampled with any other.
    """

    sde: LinearSDE
    network: Network
    parametrisation: Parametrisation

    def output(self, x: Array, t: Array) -> Array:
        """The raw network's answer at state x (B, ...) and time t, scalar or (B,)."""
        return self._output(x, self.sde.at(t, x))

    def __call__(self, x: Array, t: Array) -> Prediction:
        return self.at(x, self.sde.at(t, x))

    def at(self, x: Array, now: Instant) -> Prediction:
        """The prediction at an instant that is already there: what samplers call."""
        return self.parametrisation.predict(x, now, self._output(x, now))

    def _output(self, x: Array, now: Instant) -> Array:
        return self.network((1.0 / now.size) * x, now.level)


def _nonzero(value: Array, name: str, now: Instant) -> Array:
    if not bool(namespace(value).all(value != 0) if hasattr(value, "shape") else value != 0):
        raise ValueError(f"{name} = 0 at t = {host(now.t)} of {now.sde}: the prediction is undefined there")
    return value
