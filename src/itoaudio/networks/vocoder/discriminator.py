"""Discriminators for the end game of ItôWave, small enough to train on a CPU.

`BandDiscriminator` looks at the complex spectrum, a stack of bands, each by convolutions over frames (after
DAC's multi-band discriminator, arXiv 2306.06546, with bins as channels: matrix products instead of planes).
`PeriodDiscriminator` looks at every p-th sample (HiFi-GAN, arXiv 2010.05646).
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from itoaudio.networks.opinions import Opinion, opinion

BAND_BINS = 64
COMPRESSION = 0.3  # |X|^0.3 with X's phase: quiet partials count as loud ones do


class BandDiscriminator(nn.Module):
    """sound (B, N) at about unit RMS -> features (B, bands C, F) of the spectrum of one window length."""

    hann: Tensor

    def __init__(self, window: int, *, width: int) -> None:
        super().__init__()
        self.window, self.bands = window, window // 2 // BAND_BINS
        hann = torch.hann_window(window)
        self.register_buffer("hann", hann / hann.square().sum().sqrt(), persistent=False)
        sizes = [2 * BAND_BINS, width, width, width]
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv1d(
                    self.bands * a,
                    self.bands * b,
                    5,
                    padding=2 * dilation,
                    dilation=dilation,
                    groups=self.bands,
                )
            )
            for a, b, dilation in zip(sizes, sizes[1:], (1, 2, 4))
        )
        self.leave = weight_norm(nn.Conv1d(self.bands * width, self.bands, 3, padding=1, groups=self.bands))

    def forward(self, sound: Tensor) -> Opinion:
        spectrum = torch.stft(
            sound.float(), self.window, self.window // 4, window=self.hann, center=False, return_complex=True
        )[:, :-1]  # the bin at half the rate would be a band of its own
        parts = torch.stack([spectrum.real, spectrum.imag], dim=2)  # (B, bins, 2, F)
        power = parts.square().sum(dim=2, keepdim=True)
        x = (parts * (power + 1e-6) ** ((COMPRESSION - 1) / 2)).flatten(1, 2)
        return opinion(x, self.layers, self.leave)


class PeriodDiscriminator(nn.Module):
    """sound (B, N) -> features (B, C, N / period / stride, period)."""

    def __init__(self, period: int, *, width: int) -> None:
        super().__init__()
        self.period = period
        sizes = [1, width // 2, width, 2 * width, 4 * width]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), stride=(3, 1), padding=(2, 0))) for a, b in pairwise(sizes)
        )
        self.leave = weight_norm(nn.Conv2d(4 * width, 1, (3, 1), padding=(1, 0)))

    def forward(self, sound: Tensor) -> Opinion:
        whole = sound.shape[1] // self.period * self.period
        x = sound[:, None, :whole].unflatten(2, (-1, self.period))
        return opinion(x, self.layers, self.leave)


class Discriminators(nn.Module):
    """All of them: sound (B, N) -> an opinion of each."""

    def __init__(
        self,
        *,
        width: int = 64,
        windows: tuple[int, ...] = (2048, 1024, 512),
        periods: tuple[int, ...] = (2, 3, 5, 7, 11),
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            [
                *(BandDiscriminator(window, width=width) for window in windows),
                *(PeriodDiscriminator(period, width=width // 2) for period in periods),
            ]
        )

    def forward(self, sound: Tensor) -> list[Opinion]:
        return [member(sound) for member in self.members]
