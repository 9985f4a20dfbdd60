"""ItôTTS at run time: symbol ids -> durations -> frames -> the draw of a mel (docs/architecture.md).

The SDE runs on u = mel - mean(text), both normalised; the length regulator is here, outside the graphs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from itoaudio.audio.mel import LOG_FLOOR
from itoaudio.runtime.intonation import Intonation
from itoaudio.runtime.plan import Plan, build_sde, named
from itoaudio.runtime.sessions import ACOUSTIC_CONDITION, ACOUSTIC_SCORE, TEXT, Graph, GraphSet
from itoaudio.runtime.solve import network_of, solve
from itoaudio.runtime.voice_format import Acoustic, Graphs
from itoaudio.sde import (
    PARAMETRISATIONS,
    WEIGHTINGS,
    Coordinates,
    Denoiser,
    FrameNoise,
    denoising_error,
)

NEPERS_PER_DB = np.log(10.0) / 20.0
LOG_SEMITONE = np.log(2.0) / 12.0
LOG_CEILING = 4.0  # natural log-mel: a sine at full scale reaches 2.1
JUDGED_HALF_LOG_SNR = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0)  # from hum to detail; beyond, all takes fare alike
JUDGES_SEED = 2**64 - 1  # which no take has
LONGEST_SYMBOL_SECONDS = 3.0  # a bound on what a network may ask for, far above any speech


@dataclass(frozen=True)
class Mel:
    """`log_mel` (1, M, F) natural log; `frames` (S,) of each symbol, F in sum; `take` is which draw it is."""

    log_mel: np.ndarray
    frames: np.ndarray
    take: int = 0


class AcousticModel:
    """The acoustic stage of a voice. `frame_rate` in frames a second."""

    def __init__(self, spec: Acoustic, graphs: GraphSet, *, frame_rate: float) -> None:
        self.spec = spec
        self.longest = LONGEST_SYMBOL_SECONDS * frame_rate
        self._graphs = graphs

    def graphs(self, plan: Plan) -> tuple[Graph, Graph, Graph]:
        """What `say` runs under `plan`, in this order."""
        text = self._graphs(self.spec.text, TEXT)
        return text, *self._of_frames(plan.graphs)

    def _of_frames(self, stage: Graphs) -> tuple[Graph, Graph]:
        """Condition and score of one variant."""
        return (
            self._graphs(stage.condition, ACOUSTIC_CONDITION, reach=stage.condition_reach_frames),
            self._graphs(stage.score, ACOUSTIC_SCORE, reach=stage.score_reach_frames),
        )

    def say(
        self,
        ids: list[int],
        *,
        plan: Plan,
        seed: int,
        speed: float = 1.0,
        pitch: float = 0.0,
        energy: float = 0.0,
        intonation: Intonation | None = None,
        takes: int = 1,
        speaker: int = 0,
    ) -> Mel:
        """The mel of symbols, said as `aligned` tells.

        takes: draws with the seeds seed, seed + 2, ... (those of the voice's seeds one after the other), of
        which the one comes back that the exact score model finds most likely, see `misfit`.
        """
        _, condition, score = self.graphs(plan)
        aligned, frames = self.aligned(
            ids, speed=speed, pitch=pitch, energy=energy, intonation=intonation, speaker=speaker
        )
        conditioned = condition(aligned)
        coordinates = Coordinates(mean=conditioned["mean"])

        def draw(take: int) -> np.ndarray:
            noise = FrameNoise(seed + 2 * take, *conditioned["mean"].shape[1:])
            return coordinates.colour(solve(score, conditioned, plan=plan, noise=noise))

        drawn = [draw(take) for take in range(takes)]
        best = int(np.argmin(self.misfit(drawn, aligned))) if takes > 1 else 0
        return Mel(self._log_mel(drawn[best]), frames, best)

    def aligned(
        self,
        ids: list[int],
        *,
        speed: float = 1.0,
        pitch: float = 0.0,
        energy: float = 0.0,
        intonation: Intonation | None = None,
        speaker: int = 0,
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """What the condition graph takes of symbols, by one of the voice's speakers, and their frames (S,).

        pitch in semitones and energy in dB shift what the voice would do; intonation adds semitones (S,) to
        symbols by their lengths in frames (S,).
        """
        text = self._graphs(self.spec.text, TEXT)
        spoken = text({"ids": np.array([ids], dtype=np.int64), "speaker": np.array([speaker])})
        frames = regulate(spoken["log_duration"][0], speed=speed, longest=self.longest)
        semitones = pitch + (intonation(frames) if intonation else 0.0)
        pitch_shift = np.asarray(semitones * LOG_SEMITONE / self.spec.pitch.std, dtype=np.float32)
        energy_shift = np.float32(energy * NEPERS_PER_DB / self.spec.energy.std)
        aligned = {
            "hidden": np.repeat(spoken["hidden"], frames, axis=-1),
            "pitch": np.repeat(spoken["pitch"] + pitch_shift, frames, axis=-1),
            "energy": np.repeat(spoken["energy"] + energy_shift, frames, axis=-1),
        }
        return aligned, frames

    def misfit(self, drawn: Sequence[np.ndarray], aligned: Mapping[str, np.ndarray]) -> list[float]:
        """How badly the exact score model tells the noise put on each mel (1, M, F), normalised.

        The mean over half log-SNR of the squared error of eps: up to a constant and a scale the bound on
        -log p(mel | text) of Song et al. 2021b, theorem 1. Each mel gets the same noise.
        """
        condition, score = self._of_frames(self.spec.exact)
        bound = condition(aligned)
        sde = build_sde(self.spec.sde)
        parametrisation = named("parametrisation", self.spec.parametrisation, PARAMETRISATIONS)
        denoiser = Denoiser(sde, network_of(score, bound), parametrisation)
        times = [float(sde.t_of_half_log_snr(level)) for level in JUDGED_HALF_LOG_SNR]
        errors = np.zeros((len(drawn), len(times)))
        for place, t in enumerate(times):
            _, bands, frames = bound["mean"].shape
            noise = FrameNoise(JUDGES_SEED, bands, frames, draws=place)()
            for index, mel in enumerate(drawn):
                u = Coordinates(mean=bound["mean"]).whiten(mel)
                error = denoising_error(denoiser, u, np.full(1, t), noise, weighting=WEIGHTINGS["sigma2"])
                errors[index, place] = error.mean()
        return errors.mean(axis=1).tolist()

    def _log_mel(self, normalised: np.ndarray) -> np.ndarray:
        mean = np.array(self.spec.mel_mean, dtype=np.float32)[:, None]
        std = np.array(self.spec.mel_std, dtype=np.float32)[:, None]
        # A sampler on too few steps may leave the range of all mels, where an envelope would overflow.
        return np.clip(mean + std * normalised, LOG_FLOOR, LOG_CEILING)


def regulate(log_duration: np.ndarray, *, speed: float, longest: float) -> np.ndarray:
    """Whole frames (S,) of log durations (S,) in log frames, at `speed`; at least one frame in all.

    Each symbol's end is rounded, not its length, so that errors do not add up over a sentence.
    """
    lengths = np.exp(np.minimum(log_duration.astype(np.float64), np.log(longest))) / speed
    ends = np.rint(np.cumsum(lengths)).astype(np.int64)
    ends[-1] = max(ends[-1], 1)
    return np.diff(ends, prepend=0)
