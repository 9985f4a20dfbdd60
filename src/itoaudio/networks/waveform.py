"""ItôWave's score network as the paper has it: dilated gated residual blocks on the waveform itself.

Blocks and mel upsampler follow DiffWave (Kong et al. 2021, arXiv 2009.09761, section 3), the embedding of the
noise level Song et al. 2021 (arXiv 2011.13456, appendix C). One evaluation costs tens of times what it costs
the frame-domain vocoder: this is the paper's model, to compare with, and not the one to ship.
"""

import math

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from itoaudio.audio.mel import MelSpec

from .vocoder.pitch import normalised

LOWEST_LEVEL = 1e-6  # tan(pi/2 level), which is sigma/alpha, then stays within 1.6e-6 .. 6.4e5


class WaveformConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="waveform"):
    """upsampling: factors whose product is the hop; rms: the corpus' root mean square, which becomes 1;
    fourier_scale: standard deviation of the random frequencies, in periods per e-fold of sigma/alpha."""

    channels: int = 64
    layers: int = 30
    dilation_cycle: int = 10
    upsampling: tuple[int, ...] = (16, 16)
    level_width: int = 512
    fourier_width: int = 128
    fourier_scale: float = 16.0
    rms: float = 0.03

    def __post_init__(self) -> None:
        if any(factor % 2 for factor in self.upsampling):
            raise ValueError(f"upsampling {self.upsampling}: factors must be even, to keep frames centred")


class WaveformVocoder(nn.Module):
    """A network for a sound of unit RMS; `sde.Denoiser` makes a score of what it answers."""

    def __init__(self, config: WaveformConfig, spec: MelSpec) -> None:
        """ValueError when `config.upsampling` does not make the hop of `spec`."""
        super().__init__()
        self.config, channels = config, config.channels
        if math.prod(config.upsampling) != spec.hop_samples:
            raise ValueError(f"upsampling {config.upsampling} does not make a hop of {spec.hop_samples}")
        self.upsample = MelUpsampler(config.upsampling)
        self.embed = FourierLevel(config.fourier_width, config.level_width, scale=config.fourier_scale)
        self.enter = nn.Conv1d(1, channels, 1)
        self.blocks = nn.ModuleList(
            GatedBlock(channels, spec.bands, config.level_width, dilation=2 ** (i % config.dilation_cycle))
            for i in range(config.layers)
        )
        self.gather = nn.Conv1d(channels, channels, 1)
        self.leave = nn.Conv1d(channels, 1, 1)
        for parameter in self.leave.parameters():
            nn.init.zeros_(parameter)

    def forward(self, state: Tensor, level: Tensor, log_mel: Tensor) -> Tensor:
        """state (B, 1, N = F hop) of unit variance, level (B,) in [0, 1], log_mel (B, M, F) -> (B, 1, N)."""
        return self.score(state, level, self.condition(log_mel))

    def condition(self, log_mel: Tensor) -> Tensor:
        """log_mel (B, M, F) -> (B, M, N): the part that does not change with the noise, run once a sound."""
        return self.upsample(normalised(log_mel))

    def score(self, state: Tensor, level: Tensor, condition: Tensor) -> Tensor:
        """state (B, 1, N), level (B,), condition (B, M, N) -> (B, 1, N)."""
        if state.shape[-1] != condition.shape[-1]:
            raise ValueError(f"{state.shape[-1]} samples do not fit a mel of {condition.shape[-1]} samples")
        embedded = self.embed(level)  # (B, E)
        x = functional.relu(self.enter(state))  # (B, C, N)
        skips = torch.zeros_like(x)  # (B, C, N)
        for block in self.blocks:
            x, skip = block(x, embedded, condition)
            skips = skips + skip
        x = functional.relu(self.gather(skips / math.sqrt(len(self.blocks))))  # (B, C, N)
        return self.leave(x).float()

    def whiten(self, audio: Tensor) -> Tensor:
        """audio (B, N) -> state (B, 1, N) of unit RMS."""
        return audio.unsqueeze(1) / self.config.rms

    def colour(self, state: Tensor) -> Tensor:
        """state (B, 1, N) -> audio (B, N)."""
        return state.squeeze(1) * self.config.rms


class GatedBlock(nn.Module):
    """A dilated convolution, gated as in WaveNet; the noise level joins before and the mel after it."""

    def __init__(self, channels: int, mel_bands: int, level_width: int, *, dilation: int) -> None:
        super().__init__()
        self.level = nn.Linear(level_width, channels)
        self.dilated = nn.Conv1d(channels, 2 * channels, 3, padding=dilation, dilation=dilation)
        self.mel = nn.Conv1d(mel_bands, 2 * channels, 1)
        self.out = nn.Conv1d(channels, 2 * channels, 1)

    def forward(self, x: Tensor, level: Tensor, mel: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, C, N), level (B, E), mel (B, M, N) -> the next block's x and the skip, (B, C, N) each."""
        inner = self.dilated(x + self.level(level).unsqueeze(-1)) + self.mel(mel)  # (B, 2C, N)
        gate, signal = inner.chunk(2, dim=1)
        residual, skip = self.out(gate.sigmoid() * signal.tanh()).chunk(2, dim=1)
        return (x + residual) * math.sqrt(0.5), skip


class MelUpsampler(nn.Module):
    """Frames to samples by transposed convolutions; frame i is centred on sample (i + 1/2) hop."""

    def __init__(self, factors: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ConvTranspose2d(1, 1, (3, 2 * factor), stride=(1, factor), padding=(1, factor // 2))
            for factor in factors
        )

    def forward(self, mel: Tensor) -> Tensor:
        """mel (B, M, F) -> (B, M, N)."""
        x = mel.unsqueeze(1)  # (B, 1, M, F)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.4)
        return x.squeeze(1)


class FourierLevel(nn.Module):
    """Gaussian Fourier features of log(sigma/alpha) = log tan(pi/2 level), then two layers."""

    frequencies: Tensor

    def __init__(self, fourier_width: int, level_width: int, *, scale: float) -> None:
        super().__init__()
        self.register_buffer("frequencies", scale * torch.randn(fourier_width // 2))
        self.mlp = nn.Sequential(
            nn.Linear(fourier_width, level_width), nn.SiLU(), nn.Linear(level_width, level_width), nn.SiLU()
        )

    def forward(self, level: Tensor) -> Tensor:
        """level (B,) in [0, 1], clamped off both ends -> (B, E)."""
        clamped = level.double().clamp(LOWEST_LEVEL, 1 - LOWEST_LEVEL)
        log_ratio = (0.5 * math.pi * clamped).tan().log()  # (B,)
        phase = (2 * math.pi * log_ratio.unsqueeze(1) * self.frequencies).float()  # (B, fourier_width / 2)
        return self.mlp(torch.cat([phase.sin(), phase.cos()], dim=1))


def largest_distance(sounds: Tensor) -> float:
    """Largest Euclidean distance between two of the sounds (C, N): Song & Ermon 2020's rule for sigma_max
    (arXiv 2006.09011, technique 1). It grows as the root of N: measure it at the crops' length."""
    return float(torch.cdist(sounds.double(), sounds.double()).max())
