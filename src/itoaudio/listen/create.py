"""From folders of wav files to a test folder: blind copies at one level and rate, anchors, attention checks.

Sources are only read. The folder is written aside and renamed, so it is whole or not there.
"""

import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from itoaudio.audio.files import resample, write_wav
from itoaudio.listen.folders import FolderError, Source, notes, read_folders
from itoaudio.listen.kinds import KINDS
from itoaudio.listen.signals import interrupted, low_pass
from itoaudio.listen.spec import SOUNDS, Role, Stimulus, System, Test, save

REFERENCE = "reference"
LEVEL_DBOV = -26.0  # ITU-T P.800's
ANCHORS_HZ = (3500, 7000)  # BS.1534-3's low and mid anchor
_PEAK = 0.98
_CHECKS = 5  # sentences that end in 1 to 5 beeps
_MOST_SLIDERS = 12

CONSENT = (
    "You are asked to listen to recordings and to rate them. It takes about {minutes} minutes. Taking part "
    "is voluntary; you may stop at any time by closing this page. We store your answers, when you gave them, "
    "and the participant code with which you came, if any; no name, no address, and nothing about your "
    "computer. Set your volume low before the first sound."
)


@dataclass
class _Builder:
    """Sounds at the common rate, and where their copies go."""

    folder: Path
    sample_rate: int
    shift_db: float = 0.0
    stimuli: list[Stimulus] = field(default_factory=list)

    def add(self, audio: np.ndarray, item: str, system: str, **more: Any) -> None:
        name = f"{secrets.token_hex(8)}.wav"
        write_wav(self.folder / SOUNDS / name, audio, self.sample_rate)
        seconds = len(audio) / self.sample_rate
        self.stimuli.append(Stimulus(file=name, item=item, system=system, seconds=seconds, **more))


def create(
    folder: Path,
    *,
    kind: str,
    systems: Mapping[str, Path],
    reference: Path | None = None,
    anchors_hz: Sequence[int] | None = None,
    level_dbov: float | None = LEVEL_DBOV,
    common: bool = False,
    trials: int | None = None,
    attention: int | None = None,
    consent: str | None = None,
    **settings: Any,
) -> tuple[Test, list[str]]:
    """Make the test folder; the test, and notes on what its maker should look at. ValueError if unfair.

    `level_dbov` None leaves levels as they are; `settings` are further fields of `Test`.
    """
    folder = Path(folder)
    if folder.exists():
        raise FolderError(f"{folder}: exists already; a test and its answers are never written over")
    folders = {**systems, **({REFERENCE: reference} if reference is not None else {})}
    items, sources = read_folders(_checked(kind, systems, reference, folders), common=common)
    found = notes(sources)
    rate = max(source.sample_rate for files in sources.values() for source in files.values())
    cuts = _anchors(kind, reference is not None, anchors_hz, rate)
    roles: dict[str, Role] = dict.fromkeys(systems, "system")
    roles |= {REFERENCE: "reference"} if reference is not None else {}
    roles |= {f"anchor-{cut}": "anchor" for cut in cuts}
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        (aside / SOUNDS).mkdir()
        builder = _Builder(aside, rate, _shift(sources, level_dbov, found))
        sounds = _levelled(sources, rate, level_dbov, builder.shift_db)
        _copy(builder, sources, sounds, cuts)
        _add_attention_checks(builder, items, list(systems), sounds)
        test = _test(kind, items, roles, builder, level_dbov, trials, attention, consent, settings)
        save(test, aside)
        aside.chmod(0o755)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return test, found


def _checked(
    kind: str, systems: Mapping[str, Path], reference: Path | None, folders: dict[str, Path]
) -> dict[str, Path]:
    if kind not in KINDS:
        raise FolderError(f"kind {kind!r} is not known: give one of {', '.join(KINDS)}")
    for name in systems:
        if name == REFERENCE or name.startswith("anchor-"):
            raise FolderError(f"{name!r} is kept for recordings and anchors: name the system otherwise")
    if KINDS[kind].has_sliders and reference is None:
        raise FolderError(f"{kind} compares with recordings: give their folder as --reference")
    if KINDS[kind].is_pair and len(folders) < 2:
        raise FolderError(f"{kind} compares two systems or more: {len(folders)} given")
    return folders


def _anchors(kind: str, has_reference: bool, wanted: Sequence[int] | None, rate: int) -> list[int]:
    """Cuts in Hz: what was asked for, else the recommendation's for MUSHRA and none for others."""
    if wanted is None:
        # A mid anchor that cuts nothing away would be a second hidden reference.
        return [cut for cut in ANCHORS_HZ if cut * 8 / 7 < rate / 2] if KINDS[kind].has_sliders else []
    if wanted and not has_reference:
        raise FolderError("anchors are made from recordings: give their folder as --reference")
    return sorted(set(wanted))


def _shift(sources: Mapping[str, Mapping[str, Source]], level_dbov: float | None, found: list[str]) -> float:
    """dB by which all sounds stay below the asked level, so that none of them clips."""
    if level_dbov is None:
        return 0.0
    peaks = [
        20 * np.log10(np.abs(source.audio).max()) + level_dbov - source.level_dbov
        for files in sources.values()
        for source in files.values()
    ]
    over = float(max(peaks) - 20 * np.log10(_PEAK))
    if over <= 0:
        return 0.0
    found.append(f"peaks would clip at {level_dbov:g} dBov; all sounds were put {over:.1f} dB lower")
    return -over


def _levelled(
    sources: Mapping[str, Mapping[str, Source]], rate: int, level_dbov: float | None, shift_db: float
) -> dict[tuple[str, str], tuple[np.ndarray, float]]:
    """Audio and its gain in dB for each (system, item)."""
    sounds = {}
    for system, files in sources.items():
        for item, source in files.items():
            gain = 0.0 if level_dbov is None else level_dbov + shift_db - source.level_dbov
            sounds[system, item] = resample(source.audio, source.sample_rate, rate) * 10 ** (gain / 20), gain
    return sounds


def _copy(
    builder: _Builder,
    sources: Mapping[str, Mapping[str, Source]],
    sounds: dict[tuple[str, str], tuple[np.ndarray, float]],
    cuts: list[int],
) -> None:
    for (system, item), (audio, gain) in sounds.items():
        source = sources[system][item]
        builder.add(audio, item, system, gain_db=gain, source_sha256=source.sha256)
        if system == REFERENCE:
            for cut in cuts:
                low = low_pass(audio, builder.sample_rate, cut)
                builder.add(low, item, f"anchor-{cut}", gain_db=gain, source_sha256=source.sha256)


def _add_attention_checks(
    builder: _Builder,
    items: list[str],
    systems: list[str],
    sounds: dict[tuple[str, str], tuple[np.ndarray, float]],
) -> None:
    for number in range(_CHECKS):
        item, system = items[number % len(items)], systems[number % len(systems)]
        audio, gain = sounds[system, item]
        beeping = interrupted(audio, builder.sample_rate, number + 1)
        builder.add(beeping, item, system, gain_db=gain, beeps=number + 1)


def _test(
    kind: str,
    items: list[str],
    roles: dict[str, Role],
    builder: _Builder,
    level_dbov: float | None,
    trials: int | None,
    attention: int | None,
    consent: str | None,
    settings: dict[str, Any],
) -> Test:
    rules = KINDS[kind]
    settings = {"title": "Listening test", "instructions": rules.instructions, **settings}
    test = Test(
        id=secrets.token_hex(8),
        kind=kind,  # type: ignore[arg-type]  # `_checked` has seen it
        consent="",
        question=rules.question,
        labels=list(rules.labels),
        items=items,
        systems=[System(name=name, role=role) for name, role in roles.items()],
        stimuli=builder.stimuli,
        sample_rate=builder.sample_rate,
        level_dbov=None if level_dbov is None else level_dbov + builder.shift_db,
        trials=len(items) if trials is None else trials,
        **settings,
    )
    _check_settings(test)
    checks = max(1, test.trials // 10) if attention is None else attention
    changes = {"attention": checks, "consent": consent or CONSENT.format(minutes=minutes(test))}
    return msgspec.structs.replace(test, **changes)


def _check_settings(test: Test) -> None:
    whole = len(test.items) * test.arms
    if not 1 <= test.trials <= whole:
        raise FolderError(f"trials = {test.trials}: from 1 to {whole}, all there is to hear")
    if test.baseline is not None and test.baseline not in {system.name for system in test.systems}:
        raise FolderError(f"baseline {test.baseline!r} is none of the systems")
    if test.rules.has_sliders and len(test.systems) > _MOST_SLIDERS:
        raise FolderError(f"{len(test.systems)} sliders on a screen; BS.1534-3 allows {_MOST_SLIDERS}")


def minutes(test: Test) -> int:
    """Roughly how long a rater takes: each sound heard once, and five seconds to decide."""
    plain = [stimulus.seconds for stimulus in test.stimuli if stimulus.beeps == 0]
    sounds = test.rules.sounds or len(test.systems) + 1
    screens = test.trials + test.practice + test.attention
    check = 0 if test.headphones == "skip" else 60
    return max(1, round((screens * (sounds * float(np.mean(plain)) + 5) + check) / 60))
