"""The little that `sde` needs to let numpy arrays and torch tensors flow through the same formula.

Numpy is the only import. A torch tensor brings its own namespace: the module `torch` is already loaded
when one arrives, so this file looks it up and never imports it.
"""

import sys
from types import ModuleType
from typing import Any

import numpy as np

Array = Any
"""numpy.ndarray or torch.Tensor; a schedule also takes a Python float."""


def namespace(x: Array) -> ModuleType:
    """Module whose exp, log, sqrt, ... accept `x`: torch for a tensor, numpy for all else."""
    torch = sys.modules.get("torch")
    return torch if torch is not None and isinstance(x, torch.Tensor) else np


def float64(t: Array) -> Array:
    """`t` in double precision, keeping its array type (and, in torch, its gradient)."""
    return t.double() if namespace(t) is not np else np.asarray(t, dtype=np.float64)


def cast_like(value: Array, like: Array) -> Array:
    """`value` in the dtype of `like`; a Python number or integer array `like` means float64."""
    if namespace(like) is not np:
        return value.to(like.dtype) if like.is_floating_point() else value
    dtype = np.asarray(like).dtype
    return value.astype(dtype) if dtype.kind == "f" else value


def array_like(value: Array, x: Array) -> Array:
    """`value` as an array of x's library, device and dtype (in torch, with its gradient)."""
    xp = namespace(x)
    return (
        np.asarray(value, dtype=x.dtype) if xp is np else xp.as_tensor(value, dtype=x.dtype, device=x.device)
    )


def host(value: Array) -> np.ndarray:
    """`value` as a numpy array, for checks and messages."""
    return value.detach().cpu().numpy() if namespace(value) is not np else np.asarray(value)


def per_item(value: Array, x: Array) -> Array:
    """One number for each item of x (B, ...): shape (B,) becomes (B, 1, ..., 1) in x's library; scalars pass.

    Raises ValueError when `value` is neither a scalar nor one number for each item of x's first axis.
    """
    shape = tuple(value.shape)
    if shape not in ((), (1,), tuple(x.shape[:1])):
        raise ValueError(
            f"t of shape {shape} does not fit x of shape {tuple(x.shape)}: give one t, or one per item"
        )
    if namespace(x) is not np:
        value = namespace(x).as_tensor(value, device=x.device)
    return value.reshape(shape + (1,) * (x.ndim - 1)) if shape else value


def norm(x: Array) -> Array:
    """Euclidean norm over all axes but the first, shape (B, 1, ..., 1)."""
    flat = x.reshape(x.shape[0], -1)
    return ((flat * flat).sum(-1) ** 0.5).reshape((-1,) + (1,) * (x.ndim - 1))


def check_broadcast(name: str, value: Array, x: Array) -> None:
    """ValueError unless `value`, an array or a number, broadcasts to x's shape."""
    shape, wanted = tuple(getattr(value, "shape", ())), tuple(x.shape)
    sides = zip(reversed(shape), reversed(wanted), strict=False)
    if len(shape) > len(wanted) or any(side not in (1, other) for side, other in sides):
        raise ValueError(f"{name} of shape {shape} does not broadcast to shape {wanted}")
