"""How to speak now: the options of one call. What a voice IS stands in `voice_format`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, TypeAlias, TypeVar

from itoaudio.runtime.errors import UnknownOption, check_number, check_text, suggestion, within
from itoaudio.text.markup import KINDS

T = TypeVar("T")
PerStage: TypeAlias = T | tuple[T | None, T | None] | None
"""One value for both models, or a pair (acoustic, vocoder); None leaves it to the preset."""

PER_STAGE: Mapping[str, Callable[[str, object], None]] = {
    "steps": partial(check_number, whole=True),
    "sampler": check_text,
    "grid": check_text,
    "sde": check_text,
    "corrector_snr": check_number,
    "variant": check_text,
    "temperature": check_number,
}
"""What one value or a pair may be given for, and what refuses a value of the wrong type."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of one call; what is None comes from the preset.

    preset: fast, balanced, best or exact, as far as the voice has it.
    steps, sampler, grid, sde, corrector_snr: how the two SDEs are solved (names of `sde.PREDICTORS`,
        `sde.GRIDS`, `sde.SDES`), one value for both models or a pair (acoustic, vocoder), of which
        a list is one too.
    variant: "few" graphs know few solvers only, so any other choice takes the "exact" ones if it is open;
        where it is "few", a warning tells what they were trained for.
    temperature: of the acoustic model's noise, or a pair; below 1 is calmer.
    projections: rounds of projection onto the mel after the vocoder's draw (`audio.projection`); 0 for none.
    speed: 2 is twice as fast. pitch: shift in semitones. energy: strength of the speech in dB.
    volume: of the sound in dB, below the limiter's ceiling. pause: 2 doubles the silences between sentences
        and paragraphs, 0 leaves them out; those that the text asks for stay.
    seed: the same seed gives the same samples.
    takes: draws of each sentence, with the seeds seed, seed + 1, ...; the most likely one is spoken.
    speaker: a name of `spec.speakers`, in a voice of several; the first for None.
    markup: what kind of text it is: auto, text, markdown or ssml.

    ValueError for a wrong type and a number out of range; names are checked when they meet a voice.
    """

    preset: str | None = None
    steps: PerStage[int] = None
    sampler: PerStage[str] = None
    grid: PerStage[str] = None
    sde: PerStage[str] = None
    corrector_snr: PerStage[float] = None
    variant: PerStage[str] = None
    temperature: PerStage[float] = None
    projections: int | None = None
    speed: float = 1.0
    pitch: float = 0.0
    energy: float = 0.0
    volume: float = 0.0
    pause: float = 1.0
    seed: int = 0
    takes: int = 1
    speaker: str | None = None
    markup: str = "auto"

    def __post_init__(self) -> None:
        for name, check in PER_STAGE.items():
            value = getattr(self, name)
            if isinstance(value, list):  # JSON and TOML have no tuples
                object.__setattr__(self, name, value := tuple(value))
            parts = value if isinstance(value, tuple) else (value, value)
            if len(parts) != 2:
                raise ValueError(f"{name} = {value}: give one value, or two (acoustic, vocoder)")
            for part in parts:
                if part is not None:
                    check(name, part)
        for name in ("preset", "speaker"):
            if getattr(self, name) is not None:
                check_text(name, getattr(self, name))
        if self.projections is not None:
            check_number("projections", self.projections, whole=True)
        within("speed", self.speed, 0.25, 4.0)
        within("pitch", self.pitch, -24.0, 24.0)
        within("energy", self.energy, -24.0, 24.0)
        within("volume", self.volume, -60.0, 20.0)
        within("pause", self.pause, 0.0, 10.0)
        within("seed", self.seed, 0, 2**62, whole=True)
        within("takes", self.takes, 1, 64, whole=True)
        if self.markup not in KINDS:
            raise UnknownOption(f"unknown markup {self.markup!r}{suggestion(str(self.markup), KINDS)}")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Options":
        """From keywords; `UnknownOption` names the nearest for one that does not exist."""
        known = {field.name for field in fields(cls)}
        for name in options:
            if name not in known:
                raise UnknownOption(f"unknown option {name!r}{suggestion(name, known)}")
        return cls(**options)

    def of_stage(self, index: int) -> dict[str, Any]:
        """What the call asks of the acoustic model (0) or the vocoder (1), without what it leaves open."""
        chosen = {name: _part(getattr(self, name), index) for name in PER_STAGE}
        if index == 1 and not isinstance(self.temperature, tuple):
            chosen["temperature"] = None  # calmer speech is meant, not a calmer sound of each phone
        if index == 1:
            chosen["projections"] = self.projections
        return {name: value for name, value in chosen.items() if value is not None}


def _part(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, tuple) else value
