"""Multistep predictors: one network call a step, and a polynomial through the last `order` predictions.

In a clock c(t), state and prediction obey x_s = kept x_t + integral of K(c) q(c) dc, with q slowly varying.
The polynomial through q at the nodes turns the integral into weights (Adams and Bashforth 1883). With
`corrected`, the state is first moved to what the polynomial that also goes through the newest prediction
would have given: UniPC's corrector (Zhao et al. 2023, algorithm 1), which costs no network call.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

from .arrays import Array
from .instant import Instant
from .linear import LinearSDE
from .noise import Draw
from .parametrisation import Denoiser, Prediction
from .paths import Straight
from .predictors import Predictor
from .weights import polynomial_weights


@dataclass(frozen=True)
class Multistep(Predictor):
    """order: predictions in the polynomial, 1 to 3; the first steps use those there are."""

    order: int = 2
    corrected: bool = False

    def __post_init__(self) -> None:
        if self.order not in (1, 2, 3):
            raise ValueError(f"order = {self.order}: choose 1, 2 or 3")

    @property
    def memory(self) -> int:  # type: ignore[override]
        return self.order + self.corrected

    def step(self, denoiser: Denoiser, history: Sequence[Prediction], s: Instant, noise: Draw) -> Array:
        past = history[-self.order :]
        nodes = [prediction.now for prediction in past]
        x = past[-1].x
        if self.corrected and len(history) > 1:
            x = x + self._correction(history)
        x = self.kept(nodes[-1], s) * x
        for weight, prediction in zip(self.weights(nodes, nodes[-1], s), past, strict=True):
            x = x + weight * self.value(prediction)
        spread = self.spread(nodes[-1], s)
        return x + spread * noise() if spread else x

    def _correction(self, history: Sequence[Prediction]) -> Array:
        nodes = [prediction.now for prediction in history]
        before, t = nodes[-2], nodes[-1]
        predicted = [*self.weights(nodes[:-1], before, t), 0.0]
        change = 0.0
        for new, old, prediction in zip(self.weights(nodes, before, t), predicted, history, strict=True):
            change = change + (new - old) * self.value(prediction)
        return change

    @abstractmethod
    def kept(self, t: Instant, s: Instant) -> float:
        """Factor on the state."""

    @abstractmethod
    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        """Weights of the values at `nodes` for the step from t to s."""

    @abstractmethod
    def value(self, prediction: Prediction) -> Array:
        """What varies slowly."""

    def spread(self, t: Instant, s: Instant) -> float:
        """Standard deviation of fresh noise."""
        return 0.0


@final
@dataclass(frozen=True)
class Adams(Multistep):
    """y_s = y_t + integral of dy/dc: the probability flow in the time c of the family `along`.

    Along Straight y' is eps - x_0 (azula's vAB); along VPCosine v, which is 0 for Gaussian data of unit
    variance; along EDM eps (k-diffusion's LMS). Along Straight and VPCosine it starts exactly at the noise
    (alpha = 0).
    """

    along: LinearSDE = field(default_factory=Straight)

    def kept(self, t: Instant, s: Instant) -> float:
        return t.along(self.along).size / t.size * s.size / s.along(self.along).size

    def weights(self, nodes: Sequence[Instant], t: Instant, s: Instant) -> list[float]:
        start, end = t.along(self.along), s.along(self.along)
        h = end.t - start.t
        offsets = [node.along(self.along).t - start.t for node in nodes]
        scale = s.size / end.size
        return polynomial_weights(offsets, [scale * h ** (j + 1) / (j + 1) for j in range(len(nodes))])

    def value(self, prediction: Prediction) -> Array:
        return prediction.velocity_along(self.along)
