"""A shallower network from a deeper one: some residual blocks are left out, and the rest is trained on.

A block of a residual network may be skipped, as it adds to what passes it; which ones are missed least is
measured (Veit et al. 2016, arXiv 1605.06431; Fan et al. 2019, LayerDrop, arXiv 1909.11556).
"""

import re
from pathlib import Path

import msgspec
from torch import Tensor

BLOCK = re.compile(r"(?P<part>\w+)\.blocks\.(?P<number>\d+)\.(?P<rest>.+)")


class KeptBlocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers, from 0 and in order, of the vocoder's blocks that are kept."""

    condition: tuple[int, ...]
    score: tuple[int, ...]


def shallower(weights: dict[str, Tensor], kept: KeptBlocks, *, source: Path) -> dict[str, Tensor]:
    """`weights`, read from `source`, with the kept blocks alone, numbered anew.

    ValueError for a number that is not among the blocks.
    """
    numbers: dict[str, tuple[int, ...]] = msgspec.structs.asdict(kept)
    made, found = {}, {part: set[int]() for part in numbers}
    for name, tensor in weights.items():
        block = BLOCK.fullmatch(name)
        if block is None or block["part"] not in numbers:
            made[name] = tensor
            continue
        part, number = block["part"], int(block["number"])
        found[part].add(number)
        if number in numbers[part]:
            made[f"{part}.blocks.{numbers[part].index(number)}.{block['rest']}"] = tensor
    for part, asked in numbers.items():
        if lacking := sorted(set(asked) - found[part]):
            raise ValueError(
                f"kept_blocks: {part}: {source} has no block {lacking[0]}: it has {len(found[part])}"
            )
    return made
