"""The score network of ItôTTS, with the paper's several decoders, each for a subset of the mel bands.

A decoder is a stack of ConvNeXt blocks (dilated and depthwise: arXiv 2105.07583's residual blocks at a CPU's
price) that sees the whole noisy state and the condition; decoders may share all but their heads.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from itoaudio.networks.acoustic.config import ScoreConfig
from itoaudio.networks.blocks import ConvNeXt, LevelEmbedding


class ScoreNetwork(nn.Module):
    """Graph `acoustic_score`: `state`, `level`, `condition` -> `output` in the state's shape."""

    def __init__(self, config: ScoreConfig, *, condition_width: int, bands: int) -> None:
        super().__init__()
        if not 1 <= config.decoders <= bands:
            raise ValueError(f"decoders = {config.decoders}: need 1 to {bands}, the number of mel bands")
        self.stacked = config.stacked_frames
        self.level = LevelEmbedding(config.level_width)
        groups = [len(part) for part in torch.arange(bands).tensor_split(config.decoders)]
        inward = self.stacked * (bands + condition_width)
        trunk_groups = [groups] if config.shared_trunk else [[size] for size in groups]
        # Separate decoders share the width so that the number of decoders hardly changes the price.
        width = config.width if config.shared_trunk else _share(config.width, config.decoders)
        self.decoders = nn.ModuleList([Decoder(config, inward, width, sizes) for sizes in trunk_groups])

    def forward(self, state: Tensor, level: Tensor, condition: Tensor, mask: Tensor | None = None) -> Tensor:
        """state (B, M, F) of unit variance, level (B,) in [0, 1], condition (B, C, F), mask (B, F, 1)."""
        frames = state.shape[-1]
        seen = torch.cat([state, condition], dim=1).transpose(1, 2)  # (B, F, M + C)
        if mask is not None:
            seen = seen * mask
            mask = self._stack(mask).amax(-1, keepdim=True)
        seen, embedded = self._stack(seen), self.level(level)
        output = torch.cat([decoder(seen, embedded, mask) for decoder in self.decoders], dim=-1)
        output = output.reshape(output.shape[0], -1, state.shape[1])  # (B, F or more, M)
        return output[:, :frames].transpose(1, 2).float()

    def _stack(self, x: Tensor) -> Tensor:
        """(B, F, D) -> (B, ceil(F/k), k D): k neighbouring frames in one, the last one filled with zeros."""
        if self.stacked == 1:
            return x
        padded = functional.pad(x, (0, 0, 0, self.stacked - 1))
        steps = padded.shape[1] // self.stacked
        return padded[:, : steps * self.stacked].reshape(x.shape[0], steps, -1)


class Decoder(nn.Module):
    """Noisy state and condition -> the bands of its groups."""

    def __init__(self, config: ScoreConfig, inward: int, width: int, groups: list[int]) -> None:
        super().__init__()
        self.stacked = config.stacked_frames
        self.inward = nn.Linear(inward, width)
        self.blocks = nn.ModuleList(
            [
                ConvNeXt(
                    width,
                    kernel=config.kernel,
                    dilation=1 + index % 2,
                    level_width=config.level_width,
                    dropout=config.dropout,
                )
                for index in range(config.blocks)
            ]
        )
        self.norm = nn.LayerNorm(width)
        self.heads = nn.ModuleList([Head(width, config.head_width, self.stacked * size) for size in groups])

    def forward(self, seen: Tensor, level: Tensor, mask: Tensor | None) -> Tensor:
        """seen (B, L, k (M + C)) -> (B, L, k, bands of this decoder) for k stacked frames."""
        x = self.inward(seen)
        for block in self.blocks:
            x = block(x, level, mask)
        x = self.norm(x.float())
        outputs = [head(x) for head in self.heads]  # (B, L, k bands of the group) each
        return torch.cat([y.reshape(y.shape[0], y.shape[1], self.stacked, -1) for y in outputs], dim=-1)


class Head(nn.Module):
    """A decoder's own last layers for its group of bands; the output starts at zero."""

    def __init__(self, width: int, inner: int, out: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, inner)
        self.out = nn.Linear(inner, out)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, width) -> (B, L, out)."""
        return self.out(functional.gelu(self.inner(x), approximate="tanh"))


def _share(width: int, decoders: int) -> int:
    """Width of each of n decoders that together cost about as much as one of `width`; a multiple of 8."""
    return max(8, round(width / decoders**0.5 / 8) * 8)
