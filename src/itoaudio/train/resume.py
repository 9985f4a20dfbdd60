"""What the config of a second start may say: a state goes on only as the run that it is of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from .checkpoint import saved_step
from .config import Run, load_run

CONFIG = "config.yaml"
FREE = ("name", "optimiser", "loop", "distributed")
"""Sections that count from the step on at which a run goes on."""
PLACES = ("start", "corpus.folder")
"""Folders, which may have moved: one of the same name counts as the same."""


def check(run: Run, folder: Path) -> None:
    """ValueError for a run without a step, and for one that says other than the config beside its state.

    Every process reads the same files before any of them trains, so all of them come to the same answer.
    """
    if run.optimiser.steps < 1:
        raise ValueError(
            f"run {run.name}: optimiser.steps {run.optimiser.steps} trains nothing: give 1 or more"
        )
    kept = folder / CONFIG
    if saved_step(folder) is None or not kept.is_file():
        return
    if found := differing(load_run(kept, type(run)), run):
        raise ValueError(
            f"run {run.name} has begun by another config, {kept}: {'; '.join(found)}. Give this run another "
            f"name, or say the same; {', '.join(FREE[1:])} may change"
        )


def differing(kept: Run, run: Run) -> list[str]:
    """'key was OLD, now NEW' of all that may not change; a key that is younger than `kept` has its default
    there."""
    old, new = (dict(_flat(msgspec.to_builtins(each), "")) for each in (kept, run))
    return [
        f"{key} was {old.get(key, 'not there')}, now {new.get(key, 'not there')}"
        for key in dict.fromkeys([*old, *new])
        if key.split(".")[0] not in FREE and _meant(key, old.get(key)) != _meant(key, new.get(key))
    ]


def _meant(key: str, value: Any) -> Any:
    return Path(value).name if key in PLACES and value is not None else value


def _flat(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """('a.b', value) of nested mappings."""
    if not isinstance(value, dict):
        yield place, value
        return
    for key, item in value.items():
        yield from _flat(item, f"{place}.{key}" if place else key)
