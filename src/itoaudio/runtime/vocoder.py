"""ItôWave at run time: a mel -> pitch -> pulse -> condition -> the draw of a sound (docs/architecture.md).

The SDE runs on u = MDCT(wave)/envelope(mel): an orthonormal transform and a diagonal noise shape. A long mel
is drawn in windows that overlap by all that the networks see, so its sound is that of one window.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from itoaudio.audio.mdct import imdct
from itoaudio.audio.mel import MelSpec
from itoaudio.audio.projection import project, reach_frames
from itoaudio.audio.pulse import pulse_spectrum, pulse_train, pulse_turns
from itoaudio.runtime.blas import one_blas_thread
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.sessions import PITCH, VOCODER_CONDITION, VOCODER_SCORE, Graph, GraphSet
from itoaudio.runtime.shares import Share, shared
from itoaudio.runtime.solve import evaluations, solve
from itoaudio.runtime.voice_format import Vocoder
from itoaudio.sde import Coordinates, FrameNoise

GROWTH = 8
LONGEST_CORE = 1024  # frames, about 12 s: what a window holds in memory at once


class VocoderModel:
    """The vocoder stage of a voice, for mels of `mel`."""

    def __init__(self, spec: Vocoder, graphs: GraphSet, *, mel: MelSpec) -> None:
        self.spec = spec
        self.mel = mel
        self._graphs = graphs

    def graphs(self, plan: Plan) -> tuple[Graph, Graph, Graph]:
        """What `sound` runs under `plan`, in this order."""
        stage = plan.graphs
        return (
            self._graphs(self.spec.pitch, PITCH, reach=self.spec.pitch_reach_frames),
            self._graphs(stage.condition, VOCODER_CONDITION, reach=stage.condition_reach_frames),
            self._graphs(stage.score, VOCODER_SCORE, reach=stage.score_reach_frames),
        )

    def reach(self, plan: Plan) -> int | None:
        """Frames on either side that a frame's sound depends on; None is all, as Langevin's step sizes do."""
        if plan.corrector is not None:
            return None
        hop = self.mel.hop_samples
        pulse = -(-(self.spec.pulse_window_samples - hop) // (2 * hop))
        networks = plan.graphs.condition_reach_frames + plan.graphs.score_reach_frames * evaluations(plan)
        # One frame for the overlap of the MDCT, one for the interpolation of F0.
        sides = self.spec.pitch_reach_frames + pulse + 2
        return networks + sides + reach_frames(self.mel) * plan.projections

    def sound(self, log_mel: np.ndarray, *, plan: Plan, seed: int, first_frame: int = 0) -> np.ndarray:
        """Audio (F hop,) float32 of a mel (1, M, F), drawn at once. first_frame: where its noise begins."""
        core = slice(0, log_mel.shape[-1])
        (sound,) = self._windows(log_mel, [core], 0, plan=plan, seed=seed, first_frame=first_frame)
        return sound

    def stream(
        self, log_mel: np.ndarray, *, plan: Plan, seed: int, first: int = LONGEST_CORE
    ) -> Iterator[np.ndarray]:
        """As `sound`, in pieces of whole frames: the first has about `first` of them, later ones more."""
        frames, reach = log_mel.shape[-1], self.reach(plan)
        reach = frames if reach is None else reach
        longest = max(LONGEST_CORE, 2 * reach)
        found = cores(frames, reach, first=first, longest=longest)
        return self._windows(log_mel, found, reach, plan=plan, seed=seed, first_frame=0)

    def _windows(
        self,
        log_mel: np.ndarray,
        cores: Iterable[slice],
        reach: int,
        *,
        plan: Plan,
        seed: int,
        first_frame: int,
    ) -> Iterator[np.ndarray]:
        """The sound of each of `cores`, which follow each other, drawn with `reach` frames around it."""
        frames, hop, turns = log_mel.shape[-1], self.mel.hop_samples, 0.0
        pitch, condition, score = self.graphs(plan)
        for core in cores:
            start = max(core.start - reach, 0)
            window = np.ascontiguousarray(log_mel[..., start : core.stop + reach])
            inside = slice(core.start - start, core.stop - start)
            heard = {"mel": window, **pitch({"mel": window})}
            log_f0 = heard["log_f0"][0]
            heard["pulse"] = self._pulse(log_f0, heard["voicing"][0], turns=turns, turns_at=inside.start)
            if core.stop < frames:
                each = pulse_turns(log_f0, hop_samples=hop, sample_rate=self.mel.sample_rate)
                turns = (turns + each[inside].sum()) % 1.0
            heard |= condition(heard)
            log_envelope = heard["log_envelope"]
            noise = FrameNoise(seed, log_envelope.shape[1], log_envelope.shape[2], first_frame + start)
            u = solve(score, heard, plan=plan, noise=noise)
            sound = self.coloured(u, log_envelope, window, plan=plan)
            yield sound[inside.start * hop : inside.stop * hop]

    def coloured(
        self, u: np.ndarray, log_envelope: np.ndarray, log_mel: np.ndarray, *, plan: Plan
    ) -> np.ndarray:
        """Audio (F hop,) of a draw u (1, K, F) for a mel (1, M, F)."""
        with one_blas_thread():
            return self._coloured(u, log_envelope, log_mel, plan)

    def _coloured(
        self, u: np.ndarray, log_envelope: np.ndarray, log_mel: np.ndarray, plan: Plan
    ) -> np.ndarray:
        sound = imdct(Coordinates(scale=np.exp(log_envelope)).colour(u))
        rounds, hop, threads = plan.projections, self.mel.hop_samples, self._graphs.threads

        def projected(share: Share) -> np.ndarray:
            seen, inside = share.seen, share.inside
            part = sound[:, seen.start * hop : seen.stop * hop]
            made = project(part, log_mel[..., seen], self.mel, rounds=rounds)
            return made[0, inside.start * hop : inside.stop * hop]

        shares = shared(log_mel.shape[-1], reach_frames(self.mel) * rounds, threads.count)
        return np.concatenate(threads.map(projected, shares))

    def _pulse(
        self, log_f0: np.ndarray, voicing: np.ndarray, *, turns: float = 0.0, turns_at: int = 0
    ) -> np.ndarray:
        hop = self.mel.hop_samples
        pulse = pulse_train(
            log_f0,
            voicing,
            hop_samples=hop,
            sample_rate=self.mel.sample_rate,
            turns=turns,
            turns_at=turns_at,
        )
        window = self.spec.pulse_window_samples
        return pulse_spectrum(pulse, hop_samples=hop, window_samples=window)[None]


def cores(frames: int, reach: int, *, first: int, longest: int) -> Iterator[slice]:
    """Cut `frames` into pieces that grow from `first` to `longest`; what the last one sees it takes along."""
    start, size = 0, min(first, longest)
    while start < frames:
        stop = frames if start + size + reach >= frames else start + size
        yield slice(start, stop)
        start, size = stop, min(size * GROWTH, longest)
