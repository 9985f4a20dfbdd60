"""One stage's draw: from noise to data in the stage's coordinates, by `sde.sample` and a score graph.

Both models run through here; what differs is what they bind to the score graph.
"""

from collections.abc import Callable, Mapping

import numpy as np

from itoaudio.runtime.plan import Plan
from itoaudio.runtime.sessions import Graph
from itoaudio.sde import Denoiser, FrameNoise, sample

Network = Callable[[np.ndarray, float], np.ndarray]


def network_of(score: Graph, bound: Mapping[str, np.ndarray]) -> Network:
    """A score graph as a function of state and noise level; `bound` holds all else that it takes."""

    def network(state: np.ndarray, level: float) -> np.ndarray:
        return score({**bound, "state": state, "level": np.full(1, level, dtype=np.float32)})["output"]

    return network


def solve(score: Graph, bound: Mapping[str, np.ndarray], *, plan: Plan, noise: FrameNoise) -> np.ndarray:
    """A draw u (1, channels, frames), float32. `bound` holds what the score graph takes beside the state."""

    def draw() -> np.ndarray:
        return np.float32(plan.temperature) * noise()

    return sample(
        Denoiser(plan.sde, network_of(score, bound), plan.parametrisation),
        np.float32(plan.sde.sigma(plan.times[0])) * draw(),
        grid=plan.times,
        predictor=plan.predictor,
        noise=draw,
        corrector=plan.corrector,
        denoise_last=plan.denoise_last,
    )


def evaluations(plan: Plan) -> int:
    """How often the draw of `plan` asks its score graph, each time with what the answer before led to."""
    asked = 0

    def network(state: np.ndarray, level: float) -> np.ndarray:
        nonlocal asked
        asked += 1
        return np.zeros_like(state)

    nothing = np.zeros((1, 1, 1), dtype=np.float32)
    sample(
        Denoiser(plan.sde, network, plan.parametrisation),
        nothing,
        grid=plan.times,
        predictor=plan.predictor,
        noise=lambda: nothing,
        denoise_last=plan.denoise_last,
    )
    return asked
