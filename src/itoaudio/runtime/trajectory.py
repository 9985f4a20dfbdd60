"""Noise becoming speech: what one draw passes through between noise and data, for pictures and pages.

It runs the shipped path: a predictor that notes what it is given stands in the plan for the call's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np

from itoaudio.audio.limiter import limited
from itoaudio.audio.mdct import imdct
from itoaudio.runtime.errors import UnknownOption, check_text, no_use_for, suggestion
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.solve import solve
from itoaudio.runtime.voice import Voice, _seed
from itoaudio.sde import Denoiser, FrameNoise, Instant, Prediction, Predictor
from itoaudio.text import Sentence

StageName = Literal["acoustic", "vocoder"]
STAGES: tuple[StageName, ...] = ("acoustic", "vocoder")


@dataclass(frozen=True, eq=False)
class Moment:
    """One time of a draw, in the stage's own kind: a natural-log mel (M, F), or samples (N,).

    `shaped` is x_t of dX = f (X - mu) dt + g L dW as the voice has it, whose noise has the text's mean and
    the envelope's shape; `state` the same signal and the same noise as under the paper's mu = 0 and L = 1,
    white from the start. Both are scaled to unit variance, so that all families of SDE can be compared.
    `guess` is E[x_0 | x_t], what the network takes the data to be. `t` is on the SDE's clock, `level` in
    [0, 1] on that of all, 1 = noise. At the last moment all three are the sample itself.
    """

    t: float
    level: float
    state: np.ndarray
    shaped: np.ndarray
    guess: np.ndarray


def trajectory(voice: Voice, text: str, *, stage: str = "acoustic", **options: Any) -> list[Moment]:
    """The draw of one sentence at each time of the grid, from noise to data: steps + 1 moments.

    stage: "acoustic" (the mel) or "vocoder" (the sound of the mel that the voice would speak). Options as
    of `Voice.say`. ValueError for a text of several sentences, and all that `Voice.say` raises.
    """
    check_text("text", text)
    if stage not in STAGES:
        raise UnknownOption(f"unknown stage {stage!r}{suggestion(stage, STAGES)}")
    chosen = Options.of(options)
    no_use_for(chosen, ("takes", "pause"), "one draw of one sentence is shown")
    ways = voice.plans(chosen)
    sentences = voice._front_end.read(text, markup=chosen.markup)
    if len(sentences) != 1:
        raise ValueError(
            f"{len(sentences)} sentences in {text[:40]!r}: one draw is one sentence, so give one"
        )
    if stage == "acoustic":
        return _mels(voice, sentences[0], chosen, ways[0])
    log_mel = _mels(voice, sentences[0], chosen, ways[0])[-1].state
    gain_db = voice.spec.gain_db + sentences[0].prosody.volume_db + chosen.volume
    return _sounds(voice, log_mel, chosen, ways[1], 10 ** (gain_db / 20))


def sound_of(voice: Voice, log_mel: np.ndarray, **options: Any) -> np.ndarray:
    """The vocoder's sound (F hop,) of a mel (M, F), such as a moment of the acoustic model: to hear it.

    Of the options, those of the vocoder's draw and `volume`: the mel has what the others do.
    """
    chosen = Options.of(options)
    sound = voice._vocoder.sound(log_mel[None], plan=voice.plans(chosen)[1], seed=_seed(chosen.seed, 1))
    return limited(sound * np.float32(10 ** ((voice.spec.gain_db + chosen.volume) / 20)), voice.sample_rate)


def _mels(voice: Voice, sentence: Sentence, options: Options, way: Plan) -> list[Moment]:
    model = voice._acoustic
    _, condition, score = model.graphs(way)
    aligned, _ = model.aligned(**voice._manner(sentence, options))
    bound = condition(aligned)
    mean = bound["mean"]
    passed = _Passed(way.predictor)
    noise = FrameNoise(_seed(options.seed, 0), mean.shape[1], mean.shape[2])
    last = solve(score, bound, plan=replace(way, predictor=passed), noise=noise)

    def show(data: np.ndarray, noise: np.ndarray, *, shaped: bool, alpha: np.float32) -> np.ndarray:
        # Under mu = 0 the mean is a part of the data, which grows with alpha.
        return model._log_mel((1 if shaped else alpha) * mean + data + noise)[0]

    return passed.moments(last, way, show)


def _sounds(voice: Voice, log_mel: np.ndarray, options: Options, way: Plan, gain: float) -> list[Moment]:
    model = voice._vocoder
    pitch, condition, score = model.graphs(way)
    heard = {"mel": log_mel[None], **pitch({"mel": log_mel[None]})}
    heard["pulse"] = model._pulse(heard["log_f0"][0], heard["voicing"][0])
    heard |= condition(heard)
    envelope = np.float32(gain) * np.exp(heard["log_envelope"])
    passed = _Passed(way.predictor)
    noise = FrameNoise(_seed(options.seed, 1), envelope.shape[1], envelope.shape[2])
    last = solve(score, heard, plan=replace(way, predictor=passed), noise=noise)
    white = np.sqrt(np.mean(envelope**2))

    def show(data: np.ndarray, noise: np.ndarray, *, shaped: bool, alpha: np.float32) -> np.ndarray:
        shape = envelope if shaped else white  # as loud as the speech
        return limited(imdct(envelope * data + shape * noise)[0], voice.sample_rate)

    moments = passed.moments(last, way, show)
    sound = np.float32(gain) * model.coloured(last, heard["log_envelope"], log_mel[None], plan=way)
    sound = limited(sound, voice.sample_rate)
    return [*moments[:-1], replace(moments[-1], state=sound, shaped=sound, guess=sound)]


class Show(Protocol):
    """From a state u = data + noise, of unit variance, to a mel or a sound; `alpha`: share of the data."""

    def __call__(
        self, data: np.ndarray, noise: np.ndarray, *, shaped: bool, alpha: np.float32
    ) -> np.ndarray: ...


class _Passed(Predictor):
    """`inner`, and what it was given at each step: the states after all correctors."""

    def __init__(self, inner: Predictor) -> None:
        self.memory = inner.memory
        self._inner = inner
        self._seen: list[Prediction] = []

    def step(
        self,
        denoiser: Denoiser,
        history: Sequence[Prediction],
        s: Instant,
        noise: Callable[[], np.ndarray],
    ) -> np.ndarray:
        self._seen.append(history[-1])
        state: np.ndarray = self._inner.step(denoiser, history, s, noise)
        return state

    def moments(self, last: np.ndarray, plan: Plan, show: Show) -> list[Moment]:
        """What passed, and the draw's end `last`, in u's coordinates."""
        passed = []
        for p in self._seen:
            alpha, sigma = (np.float32(part / p.now.size) for part in (p.now.alpha, p.now.sigma))
            data, noise = alpha * p.denoised, sigma * p.eps
            passed.append(
                Moment(
                    t=float(p.t),
                    level=float(p.now.level),
                    state=show(data, noise, shaped=False, alpha=alpha),
                    shaped=show(data, noise, shaped=True, alpha=alpha),
                    guess=show(p.denoised, 0 * noise, shaped=True, alpha=alpha),
                )
            )
        end, shown = float(plan.times[-1]), show(last, 0 * last, shaped=True, alpha=np.float32(1))
        return [*passed, Moment(end, float(plan.sde.noise_level(end)), shown, shown, shown)]
