"""Blocks that both models are built of: ConvNeXt on frames, and the embedding of the noise level.

Layout (B, L, D), channels last: pointwise layers are nn.Linear, which bf16 autocast makes twice as fast;
only the depthwise convolution looks at (B, D, L).
ConvNeXt: Liu et al. 2022 (arXiv 2201.03545); on speech frames: Vocos (arXiv 2306.00814).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvNeXt(nn.Module):
    """x + gamma MLP(norm(depthwise(x))); a noise level, if any, scales and shifts the norm (FiLM)."""

    def __init__(
        self,
        width: int,
        *,
        kernel: int = 7,
        expansion: int = 3,
        dilation: int = 1,
        level_width: int = 0,
        dropout: float = 0.0,
        layer_scale: float = 0.1,
    ) -> None:
        """level_width: channels E of the level embedding; 0 for a block that knows no noise level."""
        super().__init__()
        padding = dilation * (kernel - 1) // 2
        self.depthwise = nn.Conv1d(width, width, kernel, padding=padding, dilation=dilation, groups=width)
        self.norm = nn.LayerNorm(width, elementwise_affine=not level_width)
        self.modulation = nn.Linear(level_width, 2 * width) if level_width else None
        self.expand = nn.Linear(width, expansion * width)
        self.contract = nn.Linear(expansion * width, width)
        self.dropout = ChannelDropout(dropout)
        self.gamma = nn.Parameter(torch.full((width,), layer_scale))
        if self.modulation is not None:  # starts as a plain norm
            nn.init.zeros_(self.modulation.weight)
            nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, level: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """x (B, L, D) -> (B, L, D); level (B, E); mask (B, L, 1): where it is 0, x reads as zero padding."""
        inner = x if mask is None else x * mask
        inner = self.depthwise(inner.transpose(1, 2)).transpose(1, 2)  # (B, L, D)
        inner = self.norm(inner.float())
        if self.modulation is not None:
            assert level is not None
            scale, shift = self.modulation(level).unsqueeze(1).chunk(2, dim=-1)  # (B, 1, D) each
            inner = inner * (1 + scale) + shift
        inner = self.contract(functional.gelu(self.expand(inner), approximate="tanh"))
        return x + self.gamma * self.dropout(inner)


class ChannelDropout(nn.Module):
    """Drops channels of an item in all its places at once (Tompson et al. 2015, arXiv 1411.4280).

    A mask a place costs a seventh of a training step on a CPU, whose random numbers come one by one.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """x (B, L, D) -> (B, L, D), in expectation the same."""
        if not self.training or self.probability == 0:
            return x
        kept = torch.full_like(x[:, :1], 1 - self.probability).bernoulli()
        return x * (kept / (1 - self.probability))


class LevelEmbedding(nn.Module):
    """Noise level in [0, 1], (B,) -> (B, E): sines and cosines of geometric frequencies, then a small MLP."""

    frequencies: Tensor

    def __init__(self, width: int, *, lowest: float = 0.5, highest: float = 16.0) -> None:
        """lowest, highest: frequencies in periods over the whole range of levels."""
        super().__init__()
        octaves = torch.linspace(math.log(lowest), math.log(highest), width // 2)
        self.register_buffer("frequencies", 2 * math.pi * octaves.exp(), persistent=False)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width), nn.SiLU()
        )

    def forward(self, level: Tensor) -> Tensor:
        """level (B,) -> (B, E)."""
        phase = level.float().unsqueeze(1) * self.frequencies  # (B, E/2)
        return self.mlp(torch.cat([phase.sin(), phase.cos()], dim=1))
