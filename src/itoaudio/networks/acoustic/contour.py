"""The pitch of each frame, and what it makes of a mel: its harmonics.

Narrow mel bands resolve the lowest harmonics of a voice, whose places turn on the pitch of the very frame; a
network that is told a symbol's mean pitch can but blur them. So the contour is predicted for each frame, as
in FastSpeech 2 (arXiv 2006.04558), and told as the comb that a pulse train of it leaves in a mel.
"""

import math

import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec, band_edges
from itoaudio.networks.acoustic.config import ContourConfig
from itoaudio.networks.blocks import ConvNeXt


class ContourNetwork(nn.Module):
    """`hidden`, `pitch`, `energy` of frames -> (contour, voicing), (B, F) each.

    contour: log-F0 in the corpus' standard deviations, voicing in [0, 1]. Sends no gradient to the encoder.
    """

    def __init__(self, config: ContourConfig, *, hidden_width: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(hidden_width, config.width)
        self.prosody = nn.Linear(2, config.width)
        self.blocks = nn.ModuleList(
            [
                ConvNeXt(config.width, kernel=config.kernel, dropout=config.dropout)
                for _ in range(config.blocks)
            ]
        )
        self.norm = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, 2)

    def forward(
        self, hidden: Tensor, pitch: Tensor, energy: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """hidden (B, H, F); pitch, energy (B, F) in standard deviations; mask (B, F, 1)."""
        x = self.hidden(hidden.detach().transpose(1, 2)) + self.prosody(torch.stack([pitch, energy], dim=-1))
        for block in self.blocks:
            x = block(x, mask=mask)
        bend, voicing = self.leave(self.norm(x.float())).float().unbind(-1)
        return pitch + bend, torch.sigmoid(voicing)


class HarmonicComb(nn.Module):
    """(log-F0 (B, F) in log Hz, voicing (B, F)) -> (B, F, M): how each band rises and falls by the harmonics.

    cos(2 pi f / F0) peaks at every harmonic; seen through a band's triangle of half width w it shrinks by
    sinc(w / F0)^2, to nothing where bands hold several harmonics.
    """

    centres: Tensor
    widths: Tensor

    def __init__(self, spec: MelSpec) -> None:
        super().__init__()
        edges = torch.from_numpy(band_edges(spec)).float()
        self.register_buffer("centres", edges[1:-1], persistent=False)
        self.register_buffer("widths", (edges[2:] - edges[:-2]) / 2, persistent=False)

    def forward(self, log_f0: Tensor, voicing: Tensor) -> Tensor:
        """In float32: at the tenth harmonic bfloat16 would be a whole period off."""
        period = torch.exp(-log_f0.float()).unsqueeze(-1)  # seconds
        angle = math.pi * self.widths * period  # above 0
        shrunk = (torch.sin(angle) / angle).square()
        return voicing.float().unsqueeze(-1) * shrunk * torch.cos(2 * math.pi * self.centres * period)
