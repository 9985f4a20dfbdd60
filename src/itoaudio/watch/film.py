"""All that a picture of one draw needs: its moments, the sound of each, and what to call them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from itoaudio.audio.mel import MelSpec
from itoaudio.runtime import Options, Voice
from itoaudio.runtime.trajectory import Moment, sound_of, trajectory

STEPS = 24
KIND = {"acoustic": "mel", "vocoder": "sound"}
HEARD = ("seed", "projections", "volume")
"""What goes on to the vocoder that makes a mel heard, with pairs: one value is for the draw that is shown."""


@dataclass(frozen=True, eq=False)
class Film:
    """A draw of `stage` that says `text`. sounds: samples (N,) of each moment, if they were asked for."""

    text: str
    stage: str
    caption: str
    mel: MelSpec
    moments: list[Moment]
    sounds: list[np.ndarray]

    @property
    def sample_rate(self) -> int:
        """In Hz, of the sounds."""
        return self.mel.sample_rate

    @property
    def seconds(self) -> float:
        """Length of the speech."""
        hop = self.mel.hop_samples if self.stage == "acoustic" else 1
        return self.moments[-1].state.shape[-1] * hop / self.mel.sample_rate

    def name(self, index: int) -> str:
        """What moment `index` is, in words."""
        moment = self.moments[index]
        return f"t = {moment.t:.3f}, {100 * moment.level:.0f} % noise"


def film(
    voice: Voice, text: str, *, stage: str = "acoustic", moments: int = 25, sound: bool = True, **options: Any
) -> Film:
    """Draw one sentence; keep at most `moments` of what it passes through, with the sound of each if asked.

    Options as of `Voice.say`; left open, the exact graphs are sampled in STEPS steps. Raises what
    `trajectory` does.
    """
    if moments < 2:
        raise ValueError(f"moments = {moments}: at least the first and the last are shown")
    if options.get("preset") is None and "exact" in voice.spec.presets:
        options["preset"] = "exact"
    if options.get("steps") is None:
        options["steps"] = STEPS
    passed = trajectory(voice, text, stage=stage, **options)
    shown = [passed[index] for index in even([moment.level for moment in passed], moments)]
    sounds = []
    if stage == "vocoder":
        sounds = [moment.state for moment in shown]
    elif sound:
        heard = {name: value for name, value in options.items() if name in HEARD or isinstance(value, tuple)}
        sounds = [sound_of(voice, moment.state, **heard) for moment in shown]
    caption = _caption(voice, stage, len(passed) - 1, Options.of(options))
    return Film(text, stage, caption, voice.spec.mel, shown, sounds)


def even(levels: Sequence[float], count: int) -> list[int]:
    """At most `count` indices of falling `levels`, first and last among them, as evenly apart as can be."""
    found, wanted = np.array(levels), np.linspace(levels[0], levels[-1], count)
    return sorted({0, len(levels) - 1, *(int(np.abs(found - level).argmin()) for level in wanted[1:-1])})


def _caption(voice: Voice, stage: str, steps: int, options: Options) -> str:
    place = ("acoustic", "vocoder").index(stage)
    preset = voice.spec.presets[options.preset or voice.spec.default_preset]
    asked = options.of_stage(place)
    sampler = asked.get("sampler", getattr(preset, stage).sampler)
    sde = asked.get("sde", getattr(voice.spec, stage).sde.name)
    langevin = " with Langevin" if asked.get("corrector_snr") else ""
    how = f"{steps} steps of {sampler}{langevin} on {sde}, seed {options.seed}"
    return f"{KIND[stage]} of {voice.spec.name}: {how}"
