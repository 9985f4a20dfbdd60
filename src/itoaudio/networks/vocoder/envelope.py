"""The noise shape L of ItôWave: a spectral envelope read off the mel, one value for each MDCT coefficient.

Linear between the centres of the mel bands in log magnitude, the last band held above 8 kHz, plus a
constant for
each bin that is measured on the corpus, so that u = MDCT / envelope has unit variance in every bin.
Idea: PriorGrad and SpecGrad (arXiv 2106.06406, 2203.16749); as a change of coordinates: `sde.coordinates`.
"""

import numpy as np
import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec, band_edges, filter_bank

LOWEST_LOG_ENVELOPE = -14.0
LARGEST_WHITENED = 100.0


class Envelope(nn.Module):
    """Log envelope (B, K, F) of a log mel (B, M, F)."""

    interpolation: Tensor
    log_area: Tensor
    bias: Tensor

    def __init__(self, spec: MelSpec) -> None:
        super().__init__()
        bins = spec.hop_samples
        centres = band_edges(spec)[1:-1]
        frequencies = (np.arange(bins) + 0.5) * spec.sample_rate / (2 * bins)
        weights = np.stack(
            [np.interp(frequencies, centres, row) for row in np.eye(spec.bands)], axis=1
        )  # (K, M)
        self.register_buffer("interpolation", torch.tensor(weights, dtype=torch.float32), persistent=False)
        area = torch.tensor(filter_bank(spec).sum(axis=1)).log()
        self.register_buffer("log_area", area.unsqueeze(1), persistent=False)  # (M, 1)
        self.register_buffer("bias", torch.zeros(bins, 1))

    def forward(self, log_mel: Tensor) -> Tensor:
        """log_mel (B, M, F) -> (B, K, F)."""
        shape = self.interpolation @ (log_mel - self.log_area) + self.bias
        return shape.clamp(min=LOWEST_LOG_ENVELOPE)

    @torch.no_grad()
    def fit(self, pairs: list[tuple[Tensor, Tensor]]) -> None:
        """Set the bias from pairs of log mel (B, M, F) and MDCT coefficients (B, K, F) of real speech."""
        self.bias.zero_()
        squares = [
            ((c / self(m).exp()).abs().clamp(max=LARGEST_WHITENED) ** 2).mean(dim=(0, 2)) for m, c in pairs
        ]
        self.bias.copy_(0.5 * torch.stack(squares).mean(0).log().unsqueeze(1))
