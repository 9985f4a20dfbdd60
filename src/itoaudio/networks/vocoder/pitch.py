"""Pitch from the mel: what ItôWave needs to know where the voice's pulses are."""

import math

import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.blocks import ConvNeXt

CENTRE_LOG_F0 = math.log(160.0)


class PitchNet(nn.Module):
    """log mel (B, M, F) -> log F0 (B, F) in log Hz and voicing (B, F) in [0, 1]."""

    def __init__(self, spec: MelSpec, *, width: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Conv1d(spec.bands, width, 5, padding=2)
        self.blocks = nn.ModuleList(ConvNeXt(width) for _ in range(blocks))
        self.leave = nn.Linear(width, 2)

    def forward(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """Both outputs (B, F)."""
        x = self.enter(normalised(log_mel)).transpose(1, 2)  # (B, F, width)
        for block in self.blocks:
            x = block(x)
        log_f0, voicing = self.leave(x).float().unbind(2)
        return CENTRE_LOG_F0 + log_f0, torch.sigmoid(voicing)


def normalised(log_mel: Tensor) -> Tensor:
    """Log mel scaled to about unit range, for any corpus alike."""
    return (log_mel + 5.0) / 2.5
