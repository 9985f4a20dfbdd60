"""From symbols to frames: the length regulator, and the network that conditions the score network.

It runs once for an utterance and states the mean mu of the linear SDE dX = f (X - mu) dt + g dW, Grad-TTS'
idea (arXiv 2105.06337), here as the change of coordinates u = mel - mu of `itoaudio.sde.Coordinates`.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.acoustic.config import ConditionConfig
from itoaudio.networks.acoustic.contour import ContourNetwork, HarmonicComb
from itoaudio.networks.blocks import ConvNeXt


class Condition(NamedTuple):
    """What the condition graph answers, in the order of its outputs."""

    mean: Tensor  # (B, M, F) normalised mel: the SDE runs on the rest, which has about unit variance
    condition: Tensor  # (B, C, F)


class ConditionNetwork(nn.Module):
    """Graph `acoustic_condition`: `hidden`, `pitch`, `energy` of frames -> `Condition`.

    `residual` (M, 1): standard deviation of mel minus mean, in the corpus' standard deviations. The head
    speaks standardised mel; divided by `residual` it is the normalised mel, where that rest has variance 1.
    `pitch_statistics` (2,): mean and standard deviation of log-F0 in log Hz.
    """

    residual: Tensor
    pitch_statistics: Tensor

    def __init__(self, config: ConditionConfig, *, hidden_width: int, spec: MelSpec) -> None:
        super().__init__()
        self.contour = ContourNetwork(config.contour, hidden_width=hidden_width)
        self.harmonics = HarmonicComb(spec)
        self.hidden = nn.Linear(hidden_width, config.width)
        self.prosody = nn.Linear(4, config.width)
        self.comb = nn.Linear(spec.bands, config.width)
        self.blocks = nn.ModuleList(
            [
                ConvNeXt(config.width, kernel=config.kernel, dropout=config.dropout)
                for _ in range(config.blocks)
            ]
        )
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, spec.bands)
        self.register_buffer("residual", torch.full((spec.bands, 1), 0.5))
        self.register_buffer("pitch_statistics", torch.tensor([5.0, 0.2]))

    def forward(
        self,
        hidden: Tensor,
        pitch: Tensor,
        energy: Tensor,
        mask: Tensor | None = None,
        heard: tuple[Tensor, Tensor] | None = None,
    ) -> Condition:
        """hidden (B, H, F); pitch, energy (B, F) in standard deviations; mask (B, F, 1).

        heard: contour and voicing (B, F) of a recording, in place of those that the contour network predicts.
        """
        contour, voicing = self.contour(hidden, pitch, energy, mask) if heard is None else heard
        mean, deviation = self.pitch_statistics
        comb = self.harmonics(mean + deviation * contour, voicing)  # (B, F, M)
        prosody = torch.stack([pitch, energy, contour, voicing], dim=-1)  # (B, F, 4)
        x = self.hidden(hidden.transpose(1, 2)) + self.prosody(prosody) + self.comb(comb)
        for block in self.blocks:
            x = block(x, mask=mask)
        refined = self.norm(x.float())  # (B, F, C)
        mean = self.head(refined).float().transpose(1, 2) / self.residual
        return Condition(mean, refined.transpose(1, 2))


def repeat(symbols: Tensor, durations: Tensor, frames: int) -> Tensor:
    """The length regulator: values of symbols (B, D, S) or (B, S), each held for its duration, (B, [D,] F).

    durations (B, S) int64 frames; F is `frames`; past the last symbol of an item all is zero.
    """
    ends = durations.cumsum(1)  # (B, S)
    position = torch.arange(frames, device=durations.device).expand(len(durations), -1).contiguous()
    index = torch.searchsorted(ends, position, right=True)  # (B, F)
    real = index < symbols.shape[-1]
    index = index.clamp(max=symbols.shape[-1] - 1)
    if symbols.ndim == 3:
        index, real = (value.unsqueeze(1).expand(-1, symbols.shape[1], -1) for value in (index, real))
    return symbols.gather(-1, index) * real


def average(frames: Tensor, durations: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean over each symbol's frames, 0 if none.

    frames, weights (B, F), durations (B, S) int64 -> (B, S).
    """
    # Long sums of short differences: in float64, but for Apple's GPUs, which have none.
    wide = torch.float32 if frames.device.type == "mps" else torch.float64
    sums = torch.stack([frames * weights, weights], dim=1).to(wide).cumsum(-1)  # (B, 2, F)
    padded = torch.cat([torch.zeros_like(sums[..., :1]), sums], dim=-1)
    ends = durations.cumsum(1).unsqueeze(1).expand(-1, 2, -1)
    starts = ends - durations.unsqueeze(1)
    total, weight = (padded.gather(-1, ends) - padded.gather(-1, starts)).unbind(1)
    return torch.where(weight > 1e-9, total / weight.clamp_min(1e-9), 0.0).float()
