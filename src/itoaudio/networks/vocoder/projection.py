"""Projection onto the mel as a torch layer without weights, with gradients. Theory: `audio.projection`."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, filter_bank, window
from itoaudio.audio.projection import LARGEST_LOG_GAIN, RELAXATION, spreading


class MelProjection(nn.Module):
    """sound (B, F hop) and log_mel (B, M, F) -> sound (B, F hop); equals `audio.projection.project`."""

    hann: Tensor
    bank: Tensor
    spread: Tensor

    def __init__(self, spec: MelSpec) -> None:
        super().__init__()
        self.spec = spec
        for name, values in (
            ("hann", window(spec)),
            ("bank", filter_bank(spec)),
            ("spread", spreading(spec)),
        ):
            self.register_buffer(name, torch.from_numpy(values.copy()), persistent=False)

    def forward(self, sound: Tensor, log_mel: Tensor, rounds: int) -> Tensor:
        """In float32, whatever autocast says: magnitudes span five decades."""
        spec = self.spec
        if rounds == 0 or sound.shape[1] <= spec.padding:
            return sound
        with torch.autocast(sound.device.type, enabled=False):
            weight = self._overlap_add(self.hann.square().expand(1, log_mel.shape[2], -1)).clamp(min=1e-3)
            for _ in range(rounds):
                padded = functional.pad(
                    sound.unsqueeze(1), (spec.padding, spec.padding), mode="reflect"
                ).squeeze(1)
                frames = padded.unfold(1, spec.n_fft, spec.hop_samples)  # (B, F, n_fft)
                spectrum = torch.fft.rfft(frames * self.hann)
                power = spectrum.real.square() + spectrum.imag.square()
                magnitude = (power + 1e-12).sqrt()  # whose gradient at 0 is 0
                own = (magnitude @ self.bank.T).clamp(min=torch.tensor(LOG_FLOOR).exp().item()).log()
                lack = log_mel.transpose(1, 2) - own
                gain = (RELAXATION * lack @ self.spread.T).clamp(-LARGEST_LOG_GAIN, LARGEST_LOG_GAIN).exp()
                scaled = torch.fft.irfft(spectrum * gain, spec.n_fft) * self.hann
                sound = self._overlap_add(scaled) / weight
        return sound

    def _overlap_add(self, frames: Tensor) -> Tensor:
        """(B, F, n_fft) -> (B, F hop)."""
        spec, count = self.spec, frames.shape[1]
        samples = (count - 1) * spec.hop_samples + spec.n_fft
        whole = functional.fold(
            frames.transpose(1, 2),
            output_size=(1, samples),
            kernel_size=(1, spec.n_fft),
            stride=(1, spec.hop_samples),
        ).flatten(1)
        return whole[:, spec.padding : spec.padding + count * spec.hop_samples]
