"""Safetensors files that are whole or refused: written aside, flushed, renamed, with a digest of all
bytes."""

import errno
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

DIGEST = "sha256"
"""Key of the digest in a file's metadata; files of before it existed have none and are read as they are."""


def write_tensors(tensors: Mapping[str, Tensor], path: Path, *, metadata: Mapping[str, str]) -> str:
    """Write `tensors` with `metadata` (text) to `path`; answers the digest. What stood there stays whole
    until the new file is. OSError when it cannot be written, on a full disk above all.
    """
    held = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    found = digest(held)
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        save_file(held, aside, metadata={**metadata, DIGEST: found})
        commit(aside, path)
    except (OSError, SafetensorError) as error:
        aside.unlink(missing_ok=True)
        raise no_room(path, error, needed=sum(t.nbytes for t in held.values())) from error
    return found


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """(tensors on the CPU, metadata) of a file. ValueError names a file that is cut or altered."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{path}: cut or altered, it cannot be read ({error})") from None
    if DIGEST in metadata and metadata[DIGEST] != digest(tensors):
        raise ValueError(f"{path}: altered, its content does not match its own digest")
    return tensors, metadata


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, types, shapes and bytes, in the order of the names."""
    found = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def commit(aside: Path, path: Path) -> None:
    """Flush `aside` to the disk and give it its name: after a crash there is the old file or the new one."""
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(aside, path)


def no_room(path: Path, error: Exception, *, needed: int) -> OSError:
    """The error of a failed write as one that says what it needs and that nothing is lost."""
    full = getattr(error, "errno", None) == errno.ENOSPC or "os error 28" in str(error)
    if not full:
        return OSError(getattr(error, "errno", None) or errno.EIO, f"cannot be written: {error}", str(path))
    free = shutil.disk_usage(path.parent).free
    reason = (
        f"the disk is full: {needed / 1e6:.1f} MB are needed and {free / 1e6:.1f} MB free. What was saved "
        "before is whole; make room and give the same command again"
    )
    return OSError(errno.ENOSPC, reason, str(path))
