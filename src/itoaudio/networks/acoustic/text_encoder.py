"""Phonemes to what the voice should do: features of each symbol, its mean mel, length, pitch and energy.

Encoder after Glow-TTS (arXiv 2005.11129): prenet, convolutions, self-attention; predictors after FastSpeech 2
(arXiv 2006.04558). Durations are learnt from the alignment that `alignment` finds on the mean mels.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from itoaudio.networks.acoustic.attention import Attention
from itoaudio.networks.acoustic.config import TextConfig
from itoaudio.networks.blocks import ConvNeXt


class Spoken(NamedTuple):
    """What the text graph answers, in the order of its outputs."""

    hidden: Tensor  # (B, H, S)
    log_duration: Tensor  # (B, S) natural log of frames
    pitch: Tensor  # (B, S) log-F0 in the corpus' standard deviations
    energy: Tensor  # (B, S) mean log-mel in the corpus' standard deviations


class TextEncoder(nn.Module):
    """Graph `acoustic_text`: `ids` -> `Spoken`; with several speakers `ids` and `speaker`."""

    def __init__(self, config: TextConfig, *, symbols: int, bands: int, speakers: int = 1) -> None:
        super().__init__()
        width = config.width
        self.embedding = nn.Embedding(symbols, width)
        nn.init.normal_(self.embedding.weight, std=1.0)
        self.speaker = SpeakerEmbedding(speakers, width) if speakers > 1 else None
        self.prenet = nn.ModuleList(
            [ConvNeXt(width, kernel=config.kernel, dropout=config.dropout, layer_scale=1.0) for _ in range(2)]
        )
        self.layers = nn.ModuleList(_layers(config))
        self.norm = nn.LayerNorm(width)
        self.mean = nn.Linear(width, bands)
        self.duration, self.pitch, self.energy = (SymbolPredictor(config) for _ in range(3))

    def encode(
        self, ids: Tensor, mask: Tensor | None = None, speaker: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """ids (B, S) int64, mask (B, S, 1) -> features (B, S, H) and mean standardised mel (B, S, M).

        speaker (B,) int64: the first one for None.
        """
        x, of_speaker = self.embedding(ids), None
        if self.speaker is not None:
            into, of_speaker = self.speaker(ids.new_zeros(len(ids)) if speaker is None else speaker)
            x = x + into
        for layer in (*self.prenet, *self.layers):
            x = layer(x, mask=mask)
        hidden = self.norm(x.float())
        if of_speaker is not None:
            hidden = hidden + of_speaker
        return hidden, self.mean(hidden).float()

    def forward(self, ids: Tensor, speaker: Tensor | None = None, mask: Tensor | None = None) -> Spoken:
        """ids (B, S) int64, speaker (B,) int64; mask (B, S, 1), optional when nothing is padded."""
        hidden, _ = self.encode(ids, mask, speaker)
        return Spoken(hidden.transpose(1, 2), *self.predict(hidden, mask))

    def predict(self, hidden: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """log_duration, pitch, energy (B, S) each, of features (B, S, H).

        None of them sends a gradient to the encoder: durations are learnt from its own alignment (Glow-TTS),
        and an encoder that learns pitch from an hour of speech learns its sentences by heart (squared error
        after ten epochs: 0.21 on seen, 0.50 on unseen text).
        """
        known = hidden.detach()
        return self.duration(known, mask), self.pitch(known, mask), self.energy(known, mask)


class SpeakerEmbedding(nn.Module):
    """What is a speaker's own: added to the symbols, and to the features that all other networks see.

    Zero at first. Weights of a voice of one speaker load into it as that voice for every speaker; those of
    fewer speakers give the new ones their mean: where fine-tuning begins.
    """

    def __init__(self, speakers: int, width: int) -> None:
        super().__init__()
        self.speakers = speakers
        self.inward, self.outward = nn.Embedding(speakers, width), nn.Embedding(speakers, width)
        for table in (self.inward, self.outward):
            nn.init.zeros_(table.weight)

    def forward(self, speaker: Tensor) -> tuple[Tensor, Tensor]:
        """speaker (B,) int64 -> (B, 1, H) before and after the encoder."""
        return self.inward(speaker).unsqueeze(1), self.outward(speaker).unsqueeze(1)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for name in ("inward", "outward"):
            own, key = getattr(self, name).weight.detach(), f"{prefix}{name}.weight"
            known = state_dict.get(key)
            if known is None:
                state_dict[key] = own.clone()
            elif len(known) < len(own):
                state_dict[key] = torch.cat([known, known.mean(0).expand(len(own) - len(known), -1)])
        super()._load_from_state_dict(state_dict, prefix, *rest)


def folded(weights: Mapping[str, Tensor], speaker: int, *, prefix: str = "text.") -> dict[str, Tensor]:
    """Weights of a voice of several as those of a voice of one, exactly: `speaker` is added for good.

    What is a speaker's own stands before and after the encoder: in the symbols' table, and in the last norm's
    bias. IndexError for a speaker that the tables do not have.
    """
    kept = {name: value for name, value in weights.items() if not name.startswith(f"{prefix}speaker.")}
    for table, target in (("inward", "embedding.weight"), ("outward", "norm.bias")):
        own = weights[f"{prefix}speaker.{table}.weight"][speaker]
        kept[prefix + target] = kept[prefix + target] + own
    return kept


class SymbolPredictor(nn.Module):
    """One number for each symbol: (B, S, H) -> (B, S)."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.predictor_width
        self.inward = nn.Linear(config.width, width)
        self.blocks = nn.ModuleList(
            [ConvNeXt(width, kernel=config.kernel, dropout=2 * config.dropout) for _ in range(2)]
        )
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(2 * config.dropout)
        self.out = nn.Linear(width, 1)

    def forward(self, hidden: Tensor, mask: Tensor | None = None) -> Tensor:
        """hidden (B, S, H), mask (B, S, 1) -> (B, S) float32."""
        x = self.inward(hidden)
        for block in self.blocks:
            x = block(x, mask=mask)
        return self.out(self.dropout(self.norm(x.float()))).squeeze(-1).float()


def _layers(config: TextConfig) -> list[nn.Module]:
    """ConvNeXt blocks with an attention block after each equal share of them."""
    layers: list[nn.Module] = []
    for index in range(config.blocks):
        layers.append(ConvNeXt(config.width, kernel=config.kernel, dropout=config.dropout))
        done = (index + 1) * config.attentions // config.blocks - index * config.attentions // config.blocks
        for _ in range(done):
            layers.append(Attention(config.width, heads=config.heads, dropout=config.dropout))
    return layers
