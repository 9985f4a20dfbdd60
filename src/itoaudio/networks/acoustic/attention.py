"""Self-attention with rotary positions (RoFormer, arXiv 2104.09864): only distances count, so that the
encoder carries over to texts longer than those it was trained on.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """x + attend(norm(x)), (B, S, D) -> (B, S, D)."""

    rates: Tensor

    def __init__(self, width: int, *, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if width % (2 * heads):
            raise ValueError(f"width {width} must be a multiple of twice the heads, {2 * heads}")
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.joint = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        half = width // heads // 2
        # The slowest pair turns once in about 1000 symbols: longer distances never occur in one sentence.
        self.register_buffer("rates", 160.0 ** -(torch.arange(half) / half), persistent=False)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """mask (B, S, 1): 0 where x is padding, which nothing attends to."""
        batch, length, width = x.shape
        joint = self.joint(self.norm(x.float())).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = joint.permute(2, 0, 3, 1, 4).unbind(0)  # (B, heads, S, D/heads) each
        angles = torch.arange(length, device=x.device).unsqueeze(1) * self.rates  # (S, D/heads/2)
        seen = None if mask is None else mask.transpose(1, 2).unsqueeze(1) > 0  # (B, 1, 1, S)
        query, key = turn(query, angles), turn(key, angles)
        mixed = functional.scaled_dot_product_attention(query, key, value.float(), attn_mask=seen)
        return x + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, length, width)))


def turn(x: Tensor, angles: Tensor) -> Tensor:
    """Rotates each pair (x[i], x[i + D/2]) by its angle; x (..., S, D), angles (S, D/2)."""
    first, second = x.float().chunk(2, dim=-1)
    cosine, sine = angles.cos(), angles.sin()
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
