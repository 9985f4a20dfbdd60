"""ItôTTS: phoneme encoder with alignment, condition network, and a score network of several decoders."""

from itoaudio.networks.acoustic.alignment import align, diagonal_prior, log_likelihood
from itoaudio.networks.acoustic.condition import Condition, ConditionNetwork, average, repeat
from itoaudio.networks.acoustic.config import (
    AcousticNetworkConfig,
    ConditionConfig,
    ContourConfig,
    ScoreConfig,
    TextConfig,
)
from itoaudio.networks.acoustic.model import AcousticModel
from itoaudio.networks.acoustic.score import ScoreNetwork
from itoaudio.networks.acoustic.text_encoder import Spoken, TextEncoder, folded

__all__ = [
    "AcousticModel",
    "AcousticNetworkConfig",
    "Condition",
    "ConditionConfig",
    "ConditionNetwork",
    "ContourConfig",
    "ScoreConfig",
    "ScoreNetwork",
    "Spoken",
    "TextConfig",
    "TextEncoder",
    "align",
    "average",
    "diagonal_prior",
    "folded",
    "log_likelihood",
    "repeat",
]
