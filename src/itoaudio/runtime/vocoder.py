"""ItôWave at run time: a mel -> pitch -> pulse -> condition -> the draw of a sound (docs/architecture.md).

The SDE runs on u = MDCT(wave)/envelope(mel): an orthonormal transform and a diagonal noise shape.
"""

import numpy as np

from itoaudio.audio.mdct import imdct
from itoaudio.audio.mel import MelSpec
from itoaudio.audio.pulse import pulse_spectrum, pulse_train
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.sessions import PITCH, VOCODER_CONDITION, VOCODER_SCORE, Graph, GraphSet
from itoaudio.runtime.solve import solve
from itoaudio.runtime.voice_format import Vocoder
from itoaudio.sde import Coordinates, FrameNoise


class VocoderModel:
    """The vocoder stage of a voice, for mels of `mel`."""

    def __init__(self, spec: Vocoder, graphs: GraphSet, *, mel: MelSpec) -> None:
        self.spec = spec
        self.mel = mel
        self._graphs = graphs

    def graphs(self, plan: Plan) -> tuple[Graph, Graph, Graph]:
        """What `sound` runs under `plan`, in this order."""
        pitch = self._graphs(self.spec.pitch, PITCH)
        condition = self._graphs(plan.graphs.condition, VOCODER_CONDITION)
        return pitch, condition, self._graphs(plan.graphs.score, VOCODER_SCORE)

    def sound(self, log_mel: np.ndarray, *, plan: Plan, seed: int, first_frame: int = 0) -> np.ndarray:
        """Audio (F hop,) float32 of a mel (1, M, F). first_frame: absolute, where its noise begins."""
        pitch, condition, score = self.graphs(plan)
        heard = {"mel": log_mel, **pitch({"mel": log_mel})}
        heard["pulse"] = self._pulse(heard["log_f0"][0], heard["voicing"][0])
        heard |= condition(heard)
        log_envelope = heard["log_envelope"]
        noise = FrameNoise(seed, log_envelope.shape[1], log_envelope.shape[2], first_frame)
        u = solve(score, heard, plan=plan, noise=noise)
        return imdct(Coordinates(scale=np.exp(log_envelope)).colour(u))[0]

    def _pulse(self, log_f0: np.ndarray, voicing: np.ndarray) -> np.ndarray:
        hop = self.mel.hop_samples
        pulse = pulse_train(log_f0, voicing, hop_samples=hop, sample_rate=self.mel.sample_rate)
        window = self.spec.pulse_window_samples
        return pulse_spectrum(pulse, hop_samples=hop, window_samples=window)[None]
