"""The MDCT and the way from a spectrum to it, as torch layers without weights. Theory: `audio.mdct`."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from itoaudio.audio import mdct as numpy_mdct
from itoaudio.audio.pulse import unit_hann

BANDS, MARGIN_BINS = 8, 24  # of `SpectrumToMDCT`


class MDCT(nn.Module):
    """Waves of F hops <-> coefficients, with gradients; equals `audio.mdct.mdct` and `imdct`.

    In float32, whatever autocast says: rounding of loud low bands would drown soft high ones.
    """

    basis: Tensor

    def __init__(self, hop: int) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("basis", torch.from_numpy(numpy_mdct.basis(hop).copy()), persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        """audio (B, F hop) -> (B, hop, F)."""
        half = self.hop // 2
        padded = functional.pad(audio.float(), (half, half))
        frames = padded.unfold(1, 2 * self.hop, self.hop)  # (B, F, 2 hop)
        with torch.autocast(audio.device.type, enabled=False):
            return ((frames * self._windows(frames)) @ self.basis).transpose(1, 2)

    def inverse(self, coefficients: Tensor) -> Tensor:
        """coefficients (B, hop, F) -> (B, F hop)."""
        with torch.autocast(coefficients.device.type, enabled=False):
            frames = coefficients.float().transpose(1, 2) @ self.basis.T  # (B, F, 2 hop)
        frames = frames * self._windows(frames)
        left, right = frames.split(self.hop, dim=2)
        halves = functional.pad(left, (0, 0, 0, 1)) + functional.pad(right, (0, 0, 1, 0))  # (B, F + 1, hop)
        return halves.flatten(1)[:, self.hop // 2 : -(self.hop // 2)]

    def _windows(self, frames: Tensor) -> Tensor:
        return torch.from_numpy(numpy_mdct.windows(self.hop, frames.shape[1])).to(frames)


class SpectrumToMDCT(nn.Module):
    """Overlap-add of windowed inverse spectra, then the MDCT: one fixed linear map over neighbouring frames.

    A spectrum that is the STFT of a wave (unit-energy Hann window) maps to the wave's own MDCT, any other one
    to that of its overlap-add, 50 dB above an error: a coefficient hears only bins within `MARGIN_BINS` of
    its band's, which takes a third of the time of all. Ends of the sound are treated as its middle, with
    silence beyond.
    """

    kernel: Tensor

    def __init__(self, hop: int, window_samples: int) -> None:
        """ValueError when the sizes have no BANDS equal bands."""
        super().__init__()
        if hop % BANDS or window_samples % (2 * BANDS):
            raise ValueError(
                f"hop {hop} and window {window_samples}: need multiples of {BANDS} and {2 * BANDS} samples"
            )
        kernel = _kernel(hop, window_samples)  # (hop, 2B, taps)
        self.padding = kernel.shape[2] // 2
        self.bins, wide = window_samples // 2 + 1, window_samples // (2 * BANDS)
        self.bands = [slice(band * wide, (band + 1) * wide + 2 * MARGIN_BINS) for band in range(BANDS)]
        padded = np.pad(
            kernel.reshape(hop, 2, self.bins, -1), [(0, 0), (0, 0), (MARGIN_BINS, MARGIN_BINS), (0, 0)]
        )
        parts = [
            part[:, :, band].reshape(len(part), -1, kernel.shape[2])
            for part, band in zip(np.split(padded, BANDS), self.bands)
        ]
        self.register_buffer("kernel", torch.from_numpy(np.concatenate(parts)), persistent=False)

    def forward(self, spectrum: Tensor) -> Tensor:
        """spectrum (B, 2 bins, F), real then imaginary -> (B, hop, F)."""
        parts = spectrum.unflatten(1, (2, self.bins))
        padded = functional.pad(parts, (0, 0, MARGIN_BINS, MARGIN_BINS))
        seen = torch.cat([padded[:, :, band].flatten(1, 2) for band in self.bands], dim=1)
        return functional.conv1d(seen, self.kernel, padding=self.padding, groups=BANDS)


def _kernel(hop: int, window: int) -> np.ndarray:
    """Response (hop, 2 bins, taps) of the MDCT around a frame to each part of that frame's spectrum."""
    bins = window // 2 + 1
    parts = np.concatenate([np.eye(bins), 1j * np.eye(bins)])  # (2 bins, bins)
    waves = np.fft.irfft(parts, window, axis=1) * unit_hann(window) * hop  # windows' squares sum to 1/hop
    reach = -(-(window + 2 * hop) // (2 * hop)) - 1  # frames on each side whose windows meet
    taps = 2 * reach + 1
    canvas = np.zeros((2 * bins, taps * hop + hop))  # MDCT windows of `taps` frames, 2 hop long, hop apart
    start = reach * hop + hop - window // 2  # centre of the middle frame's window
    canvas[:, start : start + window] = waves[:, : canvas.shape[1] - start]
    frames = np.lib.stride_tricks.sliding_window_view(canvas, 2 * hop, axis=1)[
        :, ::hop
    ]  # (2 bins, taps, 2 hop)
    sine = np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop))
    response = (frames * sine) @ numpy_mdct.basis(hop)  # (2 bins, taps, hop): at frame i - reach + tap
    # A convolution reads frame i + j - reach for output i, so the response's taps run backwards.
    return np.ascontiguousarray(response[:, ::-1].transpose(2, 0, 1)).astype(np.float32)
