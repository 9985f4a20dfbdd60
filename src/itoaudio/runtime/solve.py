"""One stage's draw: from noise to data in the stage's coordinates, by `sde.sample` and a score graph.

Both models run through here; what differs is what they bind to the score graph.
"""

from collections.abc import Mapping

import numpy as np

from itoaudio.runtime.plan import Plan
from itoaudio.runtime.sessions import Graph
from itoaudio.sde import Denoiser, FrameNoise, sample


def solve(score: Graph, bound: Mapping[str, np.ndarray], *, plan: Plan, noise: FrameNoise) -> np.ndarray:
    """A draw u (1, channels, frames), float32. `bound` holds what the score graph takes beside the state."""

    def network(state: np.ndarray, level: float) -> np.ndarray:
        return score({**bound, "state": state, "level": np.full(1, level, dtype=np.float32)})["output"]

    def draw() -> np.ndarray:
        return np.float32(plan.temperature) * noise()

    return sample(
        Denoiser(plan.sde, network, plan.parametrisation),
        np.float32(plan.sde.sigma(plan.times[0])) * draw(),
        grid=plan.times,
        predictor=plan.predictor,
        noise=draw,
        corrector=plan.corrector,
        denoise_last=plan.denoise_last,
    )
