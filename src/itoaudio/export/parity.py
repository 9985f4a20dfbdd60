"""A graph must answer as the network it was made of: the check that an export has to pass."""

import logging
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from itoaudio.export.graphs import GraphSource
from itoaudio.runtime.sessions import Graph

logger = logging.getLogger(__name__)

TOLERANCES = {"float32": 1e-4, "float16": 4e-3, "int8": 8e-2}
"""Largest allowed error by kind of weights: RMS of the difference over RMS of torch's answer."""

LENGTHS = (1, 2, 50, 301)


class ParityError(ValueError):
    """A graph that does not answer as its network does."""


def check(source: GraphSource, path: Path, *, weights: str) -> float:
    """The largest relative error over outputs and lengths; `ParityError` above the tolerance of `weights`."""
    graph = Graph(path.name, source.contract, path.parent.joinpath)
    worst = 0.0
    for length in LENGTHS:
        inputs = source.example(length, seed=length)
        with torch.no_grad():
            answer = source.module(*inputs.values())
        expected = (answer,) if isinstance(answer, Tensor) else answer
        found = graph({name: value.numpy() for name, value in inputs.items()})
        for name, value in zip(source.outputs, expected):
            error = relative_error(found[name], value.numpy())
            worst = max(worst, error)
            if not error <= TOLERANCES[weights]:
                raise ParityError(
                    f"{path.name}: {name} of {length} frames is {error:.2g} away from torch's,"
                    f" {weights} allows {TOLERANCES[weights]:.2g}"
                )
    logger.info("%s: relative error %.2g", path.name, worst)
    return worst


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    """RMS of the difference over the RMS of `expected`; infinite when shapes differ."""
    if found.shape != expected.shape:
        return float("inf")
    scale = float(np.sqrt(np.mean(np.square(expected, dtype=np.float64))))
    return float(np.sqrt(np.mean(np.square(found - expected, dtype=np.float64)))) / max(scale, 1e-6)
