"""test.json: what a listening test is. Its words may be edited by hand; answers stand beside it in SQLite.

DIR/test.json          this description, with the key from blind names to systems
DIR/sounds/*.wav       blind copies, all of one rate and format
DIR/answers.sqlite     raters, screens and answers
"""

from pathlib import Path
from typing import Literal

import msgspec

from itoaudio.listen.kinds import KINDS, Kind
from itoaudio.strict import ConfigError, convert

SPEC, SOUNDS, ANSWERS = "test.json", "sounds", "answers.sqlite"
FORMAT = 1

Role = Literal["system", "reference", "anchor"]


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of those that are compared. `reference` are recordings, `anchor` are low-passed recordings."""

    name: str
    role: Role = "system"


class Stimulus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sound as raters hear it."""

    file: str  # blind name below sounds/
    item: str  # the sentence: the source's name without its suffix
    system: str
    seconds: float
    gain_db: float = 0.0  # that brought the source to the common level
    source_sha256: str = ""
    beeps: int = 0  # an attention check ends in so many


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A listening test."""

    __test__ = False  # not a test of pytest's

    format: int = FORMAT
    id: str
    kind: Literal["mos", "cmos", "ab", "mushra"]
    title: str
    consent: str
    instructions: str
    question: str
    labels: list[str]  # of the scale, in the raters' language
    items: list[str]
    systems: list[System]
    stimuli: list[Stimulus]
    sample_rate: int
    level_dbov: float | None  # active speech level of all sounds (ITU-T P.56); None: as the sources were
    seed: int = 0
    trials: int  # screens a rater answers, besides practice and attention checks
    practice: int = 2
    attention: int = 2
    headphones: Literal["require", "record", "skip"] = "require"
    ties: bool = False  # ab: "no preference" may be chosen
    baseline: str | None = None  # cmos, ab: every other system against this one, instead of all pairs
    completion_code: str | None = None  # one for all raters; None: each rater gets their own

    @property
    def rules(self) -> Kind:
        return KINDS[self.kind]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Pairs of systems that are compared, in their canonical order."""
        names = [system.name for system in self.systems]
        if self.baseline is not None:
            return [(name, self.baseline) for name in names if name != self.baseline]
        return [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]

    @property
    def arms(self) -> int:
        """Conditions that each item is heard in: systems, pairs, or the one MUSHRA screen."""
        if self.rules.has_sliders:
            return 1
        return len(self.pairs) if self.rules.is_pair else len(self.systems)

    def named(self, role: Role) -> list[str]:
        """Names of the systems in this role."""
        return [system.name for system in self.systems if system.role == role]


def load(folder: Path) -> Test:
    """The test in `folder`. ValueError when there is none, or its description does not fit."""
    path = Path(folder) / SPEC
    if not path.is_file():
        raise ConfigError(f"{folder}: no listening test here; `ito listen new` makes one")
    try:
        raw = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path}: not JSON ({error})") from None
    test = convert(raw, Test, source=str(path))
    if test.format != FORMAT:
        raise ConfigError(f"{path}: format {test.format}; this version of itoaudio reads {FORMAT}")
    wanted = len(test.rules.labels)
    if len(test.labels) != wanted:
        raise ConfigError(f"{path}: {len(test.labels)} labels; the scale of {test.kind} has {wanted}")
    missing = [s.file for s in test.stimuli if not (Path(folder) / SOUNDS / s.file).is_file()]
    if missing:
        raise ConfigError(f"{folder}: {len(missing)} sounds are missing, first {missing[0]}; make it anew")
    return test


def save(test: Test, folder: Path) -> None:
    """Write test.json into `folder`, readable to the one who edits it."""
    text = msgspec.json.format(msgspec.json.encode(test), indent=1)
    (Path(folder) / SPEC).write_bytes(text + b"\n")
