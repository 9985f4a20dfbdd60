"""The whole state of a run as safetensors and JSON, in place of Lightning's pickle: nothing is unpickled.

`last.json` is the state without its tensors; it names `last-STEP-DIGEST.safetensors`, which holds them. The
tensors are written first and the JSON is renamed last, so a crash at any moment leaves one whole state.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from lightning.fabric.plugins.io.checkpoint_io import CheckpointIO
from torch import Tensor

from .tensors import DIGEST, commit, no_room, read_tensors, write_tensors

FORMAT = 1
STATE = "last.json"
_RESERVED = "$"


class StateIO(CheckpointIO):
    """Lightning's way to the disk. Paths are those of the JSON file."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write tensors, then JSON, then drop the tensors of the state before. OSError when it cannot."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, Tensor] = {}
        tree = packed(checkpoint, tensors, "")
        step = int(checkpoint.get("global_step", 0))
        waiting = path.with_name(f"{path.stem}-{step}.safetensors")
        found = write_tensors(tensors, waiting, metadata={"step": str(step)})
        held = waiting.rename(path.with_name(f"{path.stem}-{step}-{found[:8]}.safetensors"))
        outer = {"format": FORMAT, "step": step, "tensors": held.name, DIGEST: found, "state": tree}
        try:
            _write_json(path, outer)
        except OSError:
            if not (path.is_file() and held.name in path.read_text(encoding="utf-8")):
                held.unlink()
            raise
        for old in path.parent.glob(f"{path.stem}-*.safetensors"):
            if old != held:
                old.unlink(missing_ok=True)

    def load_checkpoint(
        self, path: Any, map_location: Any = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        """The state that was saved. ValueError names a file that is missing, cut or altered."""
        path = Path(path)
        outer = read_json(path)
        held = path.with_name(outer["tensors"])
        if not held.is_file():
            raise ValueError(f"{held}: no such file, but {path.name} needs it: put back both or remove both")
        tensors, metadata = read_tensors(held)
        if metadata.get(DIGEST) != outer[DIGEST]:
            raise ValueError(f"{held}: altered, it is not the file that {path.name} was saved with")
        state: dict[str, Any] = unpacked(outer["state"], tensors)
        return state

    def remove_checkpoint(self, path: Any) -> None:
        """Remove a state's JSON and tensors."""
        path = Path(path)
        for file in [path, *path.parent.glob(f"{path.stem}-*.safetensors")]:
            file.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON of a state, its own digest checked. ValueError when it is missing, cut or altered."""
    try:
        outer = json.loads(path.read_text(encoding="utf-8"))
        own = outer.pop("digest")
    except FileNotFoundError:
        raise ValueError(f"{path}: no such state of a run") from None
    except (ValueError, KeyError, AttributeError):
        raise ValueError(f"{path}: cut or altered, it is not the JSON of a run's state") from None
    if own != _digest(outer):
        raise ValueError(f"{path}: altered, its content does not match its own digest")
    if outer["format"] != FORMAT:
        raise ValueError(
            f"{path}: format {outer['format']} is not {FORMAT}: read it with the version it is of"
        )
    return dict(outer)


def _write_json(path: Path, outer: dict[str, Any]) -> None:
    text = json.dumps({**outer, "digest": _digest(outer)}, indent=1)
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        aside.write_text(text, encoding="utf-8")
        commit(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise no_room(path, error, needed=len(text)) from error


def _digest(outer: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(outer, sort_keys=True).encode()).hexdigest()


def packed(value: Any, tensors: dict[str, Tensor], place: str) -> Any:
    """`value` as JSON can hold it; tensors go into `tensors` under their place. TypeError for the rest."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Tensor):
        # One tensor met twice is kept twice: a state is read back into places that do not share memory.
        tensors[place] = value.detach().clone()
        return {"$tensor": place}
    if isinstance(value, dict):
        if all(type(key) is str and not key.startswith(_RESERVED) for key in value):
            return {key: packed(item, tensors, f"{place}/{key}") for key, item in value.items()}
        pairs = [(packed(key, tensors, f"{place}/key"), key, item) for key, item in value.items()]
        return {"$items": [[kept, packed(item, tensors, f"{place}/{key}")] for kept, key, item in pairs]}
    if type(value) in (list, tuple):
        items = [packed(item, tensors, f"{place}/{index}") for index, item in enumerate(value)]
        return items if type(value) is list else {"$tuple": items}
    raise TypeError(
        f"{place}: a {type(value).__name__} cannot be kept in a state; keep numbers, text or tensors"
    )


def unpacked(value: Any, tensors: dict[str, Tensor]) -> Any:
    """What `packed` packed."""
    if isinstance(value, list):
        return [unpacked(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if "$tensor" in value:
        return tensors[value["$tensor"]]
    if "$tuple" in value:
        return tuple(unpacked(item, tensors) for item in value["$tuple"])
    if "$items" in value:
        return {unpacked(key, tensors): unpacked(item, tensors) for key, item in value["$items"]}
    return {key: unpacked(item, tensors) for key, item in value.items()}
