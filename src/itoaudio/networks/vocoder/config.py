"""Settings of the frame-domain vocoder."""

import msgspec


class FrameVocoderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="frame"):
    """width: channels of all blocks; *_blocks: ConvNeXt blocks run once (condition) and at each step (score);
    spectrum_samples: window of the pulse's and the output's spectrum; pitch_*: the net that reads F0 off
    the mel."""

    width: int = 384
    condition_blocks: int = 3
    score_blocks: int = 6
    expansion: int = 3
    level_width: int = 128
    spectrum_samples: int = 1024
    pitch_width: int = 128
    pitch_blocks: int = 4
