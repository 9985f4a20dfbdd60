"""ItôWave in the frame domain: the default vocoder, made for a CPU."""

import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec

from .config import FrameVocoderConfig
from .lapped import MDCT
from .pitch import PitchNet
from .projection import MelProjection
from .score import Condition, Score

__all__ = ["FrameVocoder", "FrameVocoderConfig"]


class FrameVocoder(nn.Module):
    """The three networks of the vocoder and the coordinates in which its SDE runs."""

    def __init__(self, config: FrameVocoderConfig, spec: MelSpec) -> None:
        super().__init__()
        self.config, self.spec = config, spec
        self.pitch = PitchNet(spec, width=config.pitch_width, blocks=config.pitch_blocks)
        self.condition = Condition(config, spec)
        self.score = Score(config, spec)
        self.mdct = MDCT(spec.hop_samples)
        self.project = MelProjection(spec)

    def whiten(self, audio: Tensor, log_envelope: Tensor) -> Tensor:
        """audio (B, F hop) -> state u (B, K, F) of unit variance."""
        return self.mdct(audio) * torch.exp(-log_envelope)

    def colour(self, state: Tensor, log_envelope: Tensor) -> Tensor:
        """state u (B, K, F) -> audio (B, F hop)."""
        return self.mdct.inverse(state * torch.exp(log_envelope))
