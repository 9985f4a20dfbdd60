"""The mel of an edit: the masked reverse SDE draws it around what stays (Song et al. 2021, appendix I.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from itoaudio.runtime.acoustic import LOG_SEMITONE, NEPERS_PER_DB, AcousticModel, regulate
from itoaudio.runtime.align import Aligned, Spoken, average
from itoaudio.runtime.edit_text import Change
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.solve import solve
from itoaudio.runtime.voice_format import Acoustic
from itoaudio.sde import Denoiser, FrameNoise, Inpaint, Instant, Prediction, Predictor

FASTEST, SLOWEST = 2.0, 0.5
FARTHEST = 1.5  # standard deviations by which a recording's prosody may move that of new words


@dataclass(frozen=True, eq=False)
class Timeline:
    """Frames after an edit. frames (S',) of each symbol of the new text, F' in sum.

    source (F',): the frame of the recording that is kept there, -1 where there is none.
    """

    frames: np.ndarray
    source: np.ndarray


@dataclass(frozen=True, eq=False)
class Prosody:
    """In standard deviations, (S',) each: what was measured where a symbol is kept, else what fits to it."""

    pitch: np.ndarray
    energy: np.ndarray


def timeline(
    heard: Aligned, old: Spoken, new: Spoken, changes: Sequence[Change], *, speed: float, longest: float
) -> Timeline:
    """Kept symbols keep their frames; new ones get the voice's own at the recording's rate, times `speed`."""
    rate = np.exp(old["log_duration"][0]).sum() / heard.durations.sum()
    rate = float(np.clip(rate, SLOWEST, FASTEST)) * speed
    ends = np.concatenate([[0], np.cumsum(heard.durations)])
    frames, source, done = [], [], 0
    for change in [*changes, Change(len(heard.durations), 0, 0, 0)]:
        frames.append(heard.durations[done : change.old_start])
        source.append(np.arange(ends[done], ends[change.old_start]))
        if change.new_stop > change.new_start:
            made = new["log_duration"][0, change.new_start : change.new_stop]
            frames.append(regulate(made, speed=rate, longest=longest))
            source.append(np.full(frames[-1].sum(), -1))
        done = change.old_stop
    return Timeline(np.concatenate(frames), np.concatenate(source))


def prosody(
    heard: Aligned,
    pitch: np.ndarray,
    voicing: np.ndarray,
    old: Spoken,
    new: Spoken,
    changes: Sequence[Change],
    spec: Acoustic,
    options: Options,
    *,
    rise: np.ndarray,
) -> Prosody:
    """pitch (log Hz) and voicing (F,) are the recording's, as the vocoder hears them; rise (S',) is in
    semitones."""
    voiced = average(voicing, heard.durations)
    measured = {
        "pitch": average((pitch - spec.pitch.mean) / spec.pitch.std, heard.durations, voicing + 1e-3),
        "energy": average((heard.log_mel.mean(0) - spec.energy.mean) / spec.energy.std, heard.durations),
    }
    asked = {
        "pitch": (options.pitch + rise) * LOG_SEMITONE / spec.pitch.std,
        "energy": np.full(len(rise), options.energy * NEPERS_PER_DB / spec.energy.std),
    }
    found = {}
    for name, values in measured.items():
        weights = voiced * heard.durations + 1e-6
        offset = float(np.clip(np.average(values - old[name][0], weights=weights), -FARTHEST, FARTHEST))
        pieces, done = [], 0
        for change in [*changes, Change(len(values), 0, 0, 0)]:
            pieces.append(values[done : change.old_start])
            made = slice(change.new_start, change.new_stop)
            pieces.append(new[name][0, made] + offset + asked[name][made])
            done = change.old_stop
        found[name] = np.concatenate(pieces).astype(np.float32)
    return Prosody(**found)


def draw(
    model: AcousticModel,
    new: Spoken,
    prosody: Prosody,
    frames: np.ndarray,
    known: np.ndarray,
    kept: np.ndarray,
    *,
    window: slice,
    plan: Plan,
    resample: int,
    seed: int,
) -> np.ndarray:
    """The natural-log mel (M, L) of the frames in `window`: `known` (M, L) where `kept` (L,), else drawn.

    frames (S',): of each symbol of all the text; resample: Lugmayr et al.'s repetitions of each step.
    """
    _, condition, score = model.graphs(plan)
    symbol = np.repeat(np.arange(len(frames)), frames)[window]
    bound = condition(
        {
            "hidden": new["hidden"][..., symbol],
            "pitch": prosody.pitch[None, symbol],
            "energy": prosody.energy[None, symbol],
        }
    )
    scale, offset = np.array(model.spec.mel_std)[:, None], np.array(model.spec.mel_mean)[:, None]
    u = ((known - offset) / scale).astype(np.float32) - bound["mean"][0]
    mask = Inpaint(known=u[None], mask=kept[None, None].astype(np.float32), resample=resample)
    noise = FrameNoise(seed, u.shape[0], u.shape[1], window.start)
    drawn = solve(score, bound, plan=replace(plan, predictor=_Masked(plan.predictor, mask)), noise=noise)
    return np.where(kept, known, model._log_mel(bound["mean"] + drawn)[0])


class _Masked(Predictor):
    """`inner`, each of whose steps `mask` mends: so that a corrector that is asked for runs as well."""

    def __init__(self, inner: Predictor, mask: Inpaint) -> None:
        self.memory = inner.memory
        self._inner, self._mask = inner, mask

    def step(
        self,
        denoiser: Denoiser,
        history: Sequence[Prediction],
        s: Instant,
        noise: Callable[[], np.ndarray],
    ) -> np.ndarray:
        state = self._inner.step(denoiser, history, s, noise)
        masked: np.ndarray = self._mask.correct(denoiser, state, history[-1].now, s, noise)
        return masked
