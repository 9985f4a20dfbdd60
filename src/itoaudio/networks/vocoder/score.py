"""The frame-domain score network of ItôWave: a condition run once, a score run at every step of the solver.

State: whitened MDCT coefficients u (B, K, F). The score network answers a spectrum, part of it free and
part a complex
gain on the pulse train's own spectrum (a source-filter path), which a fixed linear map carries to MDCT
coefficients. ConvNeXt on frames: Vocos (arXiv 2306.00814); gain on harmonics: source-filter vocoders
(arXiv 1904.12088).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.blocks import ConvNeXt, LevelEmbedding

from .config import FrameVocoderConfig
from .envelope import Envelope
from .lapped import SpectrumToMDCT
from .pitch import CENTRE_LOG_F0, normalised


class Condition(nn.Module):
    """(mel (B, M, F), log_f0 (B, F), voicing (B, F), pulse (B, 2 bins, F)) -> condition (B, C, F),
    log_envelope (B, K, F)."""

    def __init__(self, config: FrameVocoderConfig, spec: MelSpec) -> None:
        super().__init__()
        self.envelope = Envelope(spec)
        self.enter = nn.Conv1d(spec.bands + 2, config.width, 7, padding=3)
        self.pulse = nn.Linear(config.spectrum_samples + 2, config.width)
        self.blocks = nn.ModuleList(
            ConvNeXt(config.width, expansion=config.expansion) for _ in range(config.condition_blocks)
        )

    def forward(self, mel: Tensor, log_f0: Tensor, voicing: Tensor, pulse: Tensor) -> tuple[Tensor, Tensor]:
        voice = torch.stack([voicing, (log_f0 - CENTRE_LOG_F0) * voicing], dim=1)  # (B, 2, F)
        x = self.enter(torch.cat([normalised(mel), voice], dim=1)).transpose(1, 2)  # (B, F, C)
        x = x + self.pulse(pulse.transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        return x.transpose(1, 2).float(), self.envelope(mel)


class Score(nn.Module):
    """(state (B, K, F), level (B,), condition (B, C, F), pulse (B, 2 bins, F)) -> output (B, K, F)."""

    def __init__(self, config: FrameVocoderConfig, spec: MelSpec) -> None:
        super().__init__()
        self.level = LevelEmbedding(config.level_width)
        self.enter = nn.Conv1d(spec.hop_samples, config.width, 3, padding=1)
        self.blocks = nn.ModuleList(
            ConvNeXt(config.width, expansion=config.expansion, level_width=config.level_width)
            for _ in range(config.score_blocks)
        )
        self.norm = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, 2 * (config.spectrum_samples + 2))
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)
        self.to_mdct = SpectrumToMDCT(spec.hop_samples, config.spectrum_samples)

    def forward(self, state: Tensor, level: Tensor, condition: Tensor, pulse: Tensor) -> Tensor:
        embedding = self.level(level)  # (B, E)
        x = (self.enter(state) + condition).transpose(1, 2)  # (B, F, C)
        for block in self.blocks:
            x = block(x, embedding)
        free, gain = (
            self.leave(functional.silu(self.norm(x.float()))).transpose(1, 2).chunk(2, dim=1)
        )  # (B, 2 bins, F)
        return self.to_mdct(free + complex_product(gain, pulse)).float()


def complex_product(a: Tensor, b: Tensor) -> Tensor:
    """Product of spectra (B, 2 bins, F), each real parts then imaginary."""
    a_real, a_imaginary = a.chunk(2, dim=1)
    b_real, b_imaginary = b.chunk(2, dim=1)
    return torch.cat(
        [a_real * b_real - a_imaginary * b_imaginary, a_real * b_imaginary + a_imaginary * b_real], dim=1
    )
