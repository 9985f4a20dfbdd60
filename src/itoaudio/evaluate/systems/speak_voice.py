"""A voice of ours, as a user would call it: `Voice.stream` and `Voice.vocode` under any options."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from itoaudio.audio import files
from itoaudio.runtime import Audio, Options, Voice
from itoaudio.runtime.plan import Plan
from itoaudio.sde import Denoiser, sample

Emit = Callable[[np.ndarray], None]


def open_system(threads: int, task: str, voice: str | None = None, **options: Any) -> "VoiceSystem":
    """options: fields of `runtime.Options`; a list is a pair (acoustic, vocoder)."""
    pairs = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    return VoiceSystem(Voice.load(voice, threads=threads), task, pairs)


class VoiceSystem:
    """`worker`'s system."""

    def __init__(self, voice: Voice, task: str, options: dict[str, Any]) -> None:
        self.voice, self.options = voice, options
        self.sample_rate = voice.sample_rate
        voice.build(**options)
        acoustic, vocoder = voice.plans(Options.of(options))
        calls = evaluations(vocoder) + (evaluations(acoustic) if task == "read" else 0)
        self.facts = {"size": _size(voice, task, acoustic, vocoder), "nfe": calls}

    def read(self, text: str, seed: int, emit: Emit) -> None:
        """A piece for each sentence."""
        for spoken in self.voice.stream(text, seed=seed, **self.options):
            emit(spoken.audio.samples)

    def copy(self, path: str, seed: int, emit: Emit) -> None:
        """Mel and back."""
        samples, rate = files.read(Path(path))
        emit(self.voice.vocode(Audio(samples, rate), seed=seed, **self.options).samples)


def evaluations(plan: Plan) -> int:
    """Network calls of one draw under `plan`: counted, by drawing a single number."""
    calls = 0

    def network(state: np.ndarray, level: float) -> np.ndarray:
        nonlocal calls
        calls += 1
        return state

    def noise() -> np.ndarray:
        return np.ones((1, 1))

    sample(
        Denoiser(plan.sde, network, plan.parametrisation),
        noise(),
        grid=plan.times,
        predictor=plan.predictor,
        noise=noise,
        corrector=plan.corrector,
        denoise_last=plan.denoise_last,
    )
    return calls


def _size(voice: Voice, task: str, acoustic: Plan, vocoder: Plan) -> float:
    """MB of the graphs that this task needs."""
    stages = [vocoder.graphs] + ([acoustic.graphs] if task == "read" else [])
    names = {name for graphs in stages for name in (graphs.condition, graphs.score)}
    names |= {voice.spec.vocoder.pitch} | ({voice.spec.acoustic.text} if task == "read" else set())
    return sum((voice.folder / name).stat().st_size for name in names) / 1e6
