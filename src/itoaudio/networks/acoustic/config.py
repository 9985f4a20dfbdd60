"""Sizes of ItôTTS' networks: one section of a run's YAML, whose tree mirrors the constructors' tree."""

import msgspec


class TextConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The phoneme encoder. width: H channels; blocks: ConvNeXt blocks, dealt evenly around the attention
    blocks; attentions: self-attention blocks; heads: of each; kernel: symbols a convolution sees;
    predictor_width: channels of the duration, pitch and energy predictors.
    """

    width: int = 192
    blocks: int = 6
    attentions: int = 2
    heads: int = 4
    kernel: int = 5
    predictor_width: int = 128
    dropout: float = 0.1


class ContourConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From symbols' features and pitch, repeated to frames, to the pitch of each frame."""

    width: int = 128
    blocks: int = 3
    kernel: int = 9
    dropout: float = 0.1


class ConditionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From symbols' features, repeated to frames, to the score network's condition. width: C channels."""

    width: int = 192
    blocks: int = 6
    kernel: int = 7
    dropout: float = 0.1
    contour: ContourConfig = ContourConfig()

    @property
    def reach_frames(self) -> int:
        """Frames on either side that an answer depends on."""
        return self.blocks * (self.kernel // 2) + self.contour.blocks * (self.contour.kernel // 2)


class ScoreConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The score network. width: channels, of all decoders together; blocks: in depth.

    decoders: groups of neighbouring mel bands, each with a decoder of its own (the paper's several decoders);
    shared_trunk: the groups part only in their heads (cheap); false: n whole networks, as in the paper.
    stacked_frames: neighbouring frames that the trunk sees as one: 2 is half frame rate and half the price.
    """

    width: int = 256
    blocks: int = 8
    kernel: int = 7
    level_width: int = 128
    decoders: int = 4
    shared_trunk: bool = True
    head_width: int = 128
    stacked_frames: int = 2
    dropout: float = 0.05


class AcousticNetworkConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of ItôTTS; the symbol table and the mel decide the rest of its shapes."""

    text: TextConfig = TextConfig()
    condition: ConditionConfig = ConditionConfig()
    score: ScoreConfig = ScoreConfig()
