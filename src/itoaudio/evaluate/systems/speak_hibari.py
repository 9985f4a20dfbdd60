"""hibari-tts with the voice that it ships."""

import os
from collections.abc import Callable

import numpy as np
from hibari import SAMPLE_RATE, Hibari

Emit = Callable[[np.ndarray], None]


def open_system(threads: int) -> "HibariSystem":
    """Load model and front end."""
    return HibariSystem(threads)


class HibariSystem:
    """`worker`'s system: one pass of a network, then a source-filter synthesiser with seeded noise."""

    sample_rate = SAMPLE_RATE

    def __init__(self, threads: int) -> None:
        self.voice = Hibari(threads=threads)
        self.facts = {"size": os.path.getsize(self.voice.model_path) / 1e6, "nfe": 1}

    def read(self, text: str, seed: int, emit: Emit) -> None:
        """A piece for each sentence."""
        for samples in self.voice.stream(text, seed=seed):
            emit(samples)

    def copy(self, path: str, seed: int, emit: Emit) -> None:
        """Not hibari's."""
        raise NotImplementedError("hibari has no vocoder of its own")
