"""How to speak now: the options of one call. What a voice IS stands in `voice_format`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar

from itoaudio.runtime.errors import UnknownOption, check_number, check_text, shown, suggestion, within
from itoaudio.text.markup import KINDS

T = TypeVar("T")
PerStage: TypeAlias = T | tuple[T | None, T | None] | None
"""One value for both models, or a pair (acoustic, vocoder); None leaves it to the preset."""


def _text(name: str, value: object) -> str:
    check_text(name, value)
    return str(value)


def _whole(name: str, value: Any) -> int:
    """As Python's int: one of numpy's wraps around."""
    check_number(name, value, whole=True)
    return int(value)


def _number(name: str, value: Any) -> float:
    """As Python's float: one of numpy's makes doubles of arrays, which graphs do not take."""
    check_number(name, value)
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} = {shown(value)}: it must be a number that a float can hold") from None


PER_STAGE: Mapping[str, Callable[[str, Any], Any]] = {
    "steps": _whole,
    "sampler": _text,
    "grid": _text,
    "sde": _text,
    "corrector_snr": _number,
    "variant": _text,
    "temperature": _number,
}
"""What one value or a pair may be given for, and what refuses a value of the wrong type or makes it plain."""

RANGES: Mapping[str, tuple[float, float]] = {
    "speed": (0.25, 4.0),
    "pitch": (-24.0, 24.0),
    "energy": (-24.0, 24.0),
    "volume": (-60.0, 20.0),
    "pause": (0.0, 10.0),
}
WHOLE_RANGES: Mapping[str, tuple[int, int]] = {"seed": (0, 2**62), "takes": (1, 64)}


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

    Numbers may be of any type, such as numpy's, and are kept as Python's own. ValueError for a wrong type and
    a number out of range; names are checked when they meet a voice.
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
        for name, plain in PER_STAGE.items():
            self._keep(name, _per_stage(name, getattr(self, name), plain))
        for name in ("preset", "speaker"):
            if getattr(self, name) is not None:
                check_text(name, getattr(self, name))
        if self.projections is not None:
            self._keep("projections", _whole("projections", self.projections))
        for name, limits in RANGES.items():
            within(name, getattr(self, name), *limits)
            self._keep(name, float(getattr(self, name)))
        for name, limits in WHOLE_RANGES.items():
            within(name, getattr(self, name), *limits, whole=True)
            self._keep(name, int(getattr(self, name)))
        if self.markup not in KINDS:
            raise UnknownOption(f"unknown markup {self.markup!r}{suggestion(str(self.markup), KINDS)}")

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

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


def _per_stage(name: str, value: Any, plain: Callable[[str, Any], Any]) -> Any:
    """`value` or, as a tuple, both of a pair, each made plain."""
    if not isinstance(value, list | tuple):  # a list is a pair too: JSON and TOML have no tuples
        return None if value is None else plain(name, value)
    if len(value) != 2:
        raise ValueError(f"{name} = {tuple(value)}: give one value, or two (acoustic, vocoder)")
    return tuple(None if part is None else plain(name, part) for part in value)


def _part(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, tuple) else value
