"""What a voice is to be, and what was done of it: kept in its work folder, for a second start."""

from pathlib import Path
from typing import Any, Literal

import msgspec

from itoaudio.networks.acoustic import AcousticNetworkConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.strict import ConfigError, convert
from itoaudio.train.config import Precision
from itoaudio.whole import write_whole


class Steps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Optimiser steps of each stage; 0 leaves a refinement out."""

    acoustic: int
    vocoder: int
    vocoder_few: int
    acoustic_few: int


SCRATCH = Steps(acoustic=3000, vocoder=2200, vocoder_few=2000, acoustic_few=1500)
FINE_TUNED = Steps(acoustic=1500, vocoder=800, vocoder_few=1000, acoustic_few=800)
"""A voice that has learned English from another speaker needs to learn a timbre, not a language."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a voice is trained, beyond the defaults: `ito voice new --settings FILE.yaml`.

    networks: in place of the shipped ones, only from scratch. batch: utterances, crops: of the vocoder,
    refine_crops: of its end game. hours: what all stages may take together; steps are scaled to it.
    align: compare text and sound with the voice `kathleen` when the corpus is checked; precision: see
    `train.config.LoopConfig`.
    """

    steps: Steps | None = None
    hours: float | None = None
    acoustic: AcousticNetworkConfig | None = None
    vocoder: FrameVocoderConfig | None = None
    batch: int = 16
    crops: int = 32
    refine_crops: int = 8
    crop_frames: int = 64
    precision: Precision = "auto"
    validate_every_steps: int = 250
    checkpoint_every_minutes: float = 2.0
    align: bool = True
    loudness_lufs: float = -23.0
    measure_seconds: float = 60.0


class Making(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One voice in the making. start: folder with run folders `acoustic` and `vocoder`, or none.

    seed: of the split, chosen so that no part is empty; speakers: names, where there are several; steps: as
    they were scaled once; precision: the faster one here, as it was measured; done: stage -> seconds it took;
    stopped_after: stage that is not done -> seconds that its starts took so far.
    """

    name: str
    corpus: str
    consent: str
    speaker: str
    licence: str = "unknown"
    language: str = "en-US"
    start: str | None = None
    recipe: Recipe = Recipe()
    seed: int = 0
    speakers: tuple[str, ...] = ()
    steps: Steps | None = None
    precision: Precision | Literal[""] = ""
    done: dict[str, float] = {}
    stopped_after: dict[str, float] = {}

    @classmethod
    def load(cls, work: Path) -> "Making | None":
        """What the work folder holds, or None when it is new. ConfigError when it was altered by hand."""
        path = work / FILE
        if not path.is_file():
            return None
        try:
            raw = msgspec.json.decode(path.read_bytes())
        except msgspec.DecodeError as error:
            raise ConfigError(f"{path}: cut or altered ({error}); give another --work") from None
        return convert(raw, cls, source=str(path))

    def save(self, work: Path) -> None:
        """Aside, then renamed."""
        work.mkdir(parents=True, exist_ok=True)
        write_whole(work / FILE, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    def changed(self, work: Path, **chosen: Any) -> "Making":
        """With other choices than at first, saved. What was measured for others is measured anew, and what
        was prepared by other settings prepared anew. ConfigError for what a training that began rests on."""
        differing = [name for name, value in chosen.items() if getattr(self, name) != value]
        if not differing:
            return self
        resting = [name for name in differing if name in ("recipe", "start")]
        if resting and (work / "runs").is_dir():
            raise ConfigError(
                f"{work}: the training has begun by what was chosen at first: leave"
                f" {' and '.join(OPTIONS[name] for name in resting)} out, or give another --work"
            )
        done = self.done
        if resting:
            hours_alone = msgspec.structs.replace(self.recipe, hours=None) == msgspec.structs.replace(
                chosen.get("recipe", self.recipe), hours=None
            )
            done = {stage: took for stage, took in done.items() if hours_alone and stage != "measure"}
        made = msgspec.structs.replace(self, done=done, steps=self.steps if done == self.done else None)
        made = msgspec.structs.replace(made, **{name: chosen[name] for name in differing})
        made.save(work)
        return made

    def after(self, work: Path, stage: str, seconds: float) -> "Making":
        """With a stage done, saved."""
        made = msgspec.structs.replace(self, done={**self.done, stage: self._took(stage, seconds)})
        made.save(work)
        return made

    def stopped(self, work: Path, stage: str, seconds: float) -> None:
        """Save that a stage took so long and is not done."""
        so_far = {**self.stopped_after, stage: self._took(stage, seconds)}
        msgspec.structs.replace(self, stopped_after=so_far).save(work)

    def _took(self, stage: str, seconds: float) -> float:
        return round(self.stopped_after.get(stage, 0.0) + seconds, 1)


FILE = "making.json"
OPTIONS = {"recipe": "--hours and --settings", "start": "--start"}
