"""ItôTTS as one module: three networks, one for each exported graph, and the corpus' statistics between them.

ids -> text -> (hidden, pitch, energy) repeated to frames -> condition -> (mean, condition)
u ~ N(0, 1) -> reverse SDE with score(u, level, condition) -> normalised mel = mean + u
log mel = offset + scale * normalised mel
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.acoustic.condition import Condition, ConditionNetwork
from itoaudio.networks.acoustic.config import AcousticNetworkConfig
from itoaudio.networks.acoustic.score import ScoreNetwork
from itoaudio.networks.acoustic.text_encoder import TextEncoder


class AcousticModel(nn.Module):
    """The networks of `config` for `speakers`, a table of `symbols` and mels of `spec`.

    Statistics are 0 and 1 at first.

    Standardised mel has mean 0 and variance 1 over the corpus in each band; normalised mel is what the
    voice's graphs speak: there, the mel without its predicted mean has variance 1.
    """

    mel_mean: Tensor  # (M, 1) natural log
    mel_std: Tensor  # (M, 1)
    energy_statistics: Tensor  # (2,) the same of a frame's mean log-mel

    def __init__(
        self, config: AcousticNetworkConfig, *, symbols: int, spec: MelSpec, speakers: int = 1
    ) -> None:
        super().__init__()
        bands = spec.bands
        self.text = TextEncoder(config.text, symbols=symbols, bands=bands, speakers=speakers)
        self.condition = ConditionNetwork(config.condition, hidden_width=config.text.width, spec=spec)
        self.score = ScoreNetwork(config.score, condition_width=config.condition.width, bands=bands)
        self.register_buffer("mel_mean", torch.zeros(bands, 1))
        self.register_buffer("mel_std", torch.ones(bands, 1))
        self.register_buffer("energy_statistics", torch.tensor([0.0, 1.0]))

    def set_statistics(self, statistics: Mapping[str, object]) -> None:
        """Values of the four statistics by their names, in any array type."""
        for name in ("mel_mean", "mel_std", "pitch_statistics", "energy_statistics"):
            buffer: Tensor = getattr(self, name)
            buffer.copy_(torch.as_tensor(statistics[name], dtype=torch.float32).reshape(buffer.shape))

    @property
    def pitch_statistics(self) -> Tensor:
        """(2,): mean and standard deviation of log-F0 in log Hz, as the condition network knows them."""
        return self.condition.pitch_statistics

    @property
    def offset(self) -> Tensor:
        """(M, 1): natural log-mel at which the normalised mel is 0."""
        return self.mel_mean

    @property
    def scale(self) -> Tensor:
        """(M, 1): natural log-mel for one unit of normalised mel."""
        return self.mel_std * self.condition.residual

    def standardise(self, log_mel: Tensor) -> Tensor:
        """(B, M, F) natural log -> zero mean and unit variance over the corpus."""
        return (log_mel - self.mel_mean) / self.mel_std

    def normalise(self, log_mel: Tensor) -> Tensor:
        """(B, M, F) natural log -> the mel of the voice's graphs."""
        return (log_mel - self.offset) / self.scale

    def denormalise(self, mel: Tensor) -> Tensor:
        """Inverse of `normalise`."""
        return self.offset + self.scale * mel

    def bound(self, condition: Condition, mask: Tensor | None = None) -> "Bound":
        """The score network with its condition: the `network` that `itoaudio.sde.Denoiser` asks for."""
        return Bound(self.score, condition.condition, mask)


class Bound:
    """(state, level) -> output. level: (B,) or one number for the batch."""

    def __init__(self, score: nn.Module, condition: Tensor, mask: Tensor | None) -> None:
        self.score, self.condition, self.mask = score, condition, mask

    def __call__(self, state: Tensor, level: Tensor | float) -> Tensor:
        levels = torch.as_tensor(level, dtype=state.dtype, device=state.device).reshape(-1)
        return self.score(state, levels.expand(len(state)), self.condition, self.mask)
