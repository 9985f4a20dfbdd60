"""Discriminators for the end game of ItôTTS, small enough to train on a CPU.

A mel is judged together with what the text leads to expect: its condition network's mean, as a second
channel. `GroupDiscriminator` looks at neighbouring bands over many frames (the bands as channels, as
`networks.vocoder.discriminator` does with bins); `PlaneDiscriminator` at small planes of bands and frames,
where harmonics are (after Ye et al. 2022, SyntaSpeech, arXiv 2204.11792, and GANSpeech, arXiv 2106.15153).
"""

from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from itoaudio.networks.opinions import Opinion, opinion


class GroupDiscriminator(nn.Module):
    """mel and expectation (B, 2, M, F) -> features (B, groups C, F): groups of bands, each on its own."""

    def __init__(self, groups: int, *, bands: int, width: int) -> None:
        super().__init__()
        self.groups = groups
        sizes = [2 * (bands // groups), width, width, width]
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv1d(groups * a, groups * b, 5, padding=2 * dilation, dilation=dilation, groups=groups)
            )
            for a, b, dilation in zip(sizes, sizes[1:], (1, 2, 4))
        )
        self.leave = weight_norm(nn.Conv1d(groups * width, groups, 3, padding=1, groups=groups))

    def forward(self, mel: Tensor) -> Opinion:
        x = mel.transpose(1, 2).unflatten(1, (self.groups, -1)).flatten(1, 3)  # (B, groups bands 2, F)
        return opinion(x, self.layers, self.leave)


class PlaneDiscriminator(nn.Module):
    """mel and expectation (B, 2, M, F) -> features (B, C, M/8, F/4)."""

    def __init__(self, *, width: int) -> None:
        super().__init__()
        sizes = [2, width // 2, width, width]
        strides = ((2, 1), (2, 2), (2, 2))
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, 5, stride=stride, padding=2))
            for a, b, stride in zip(sizes, sizes[1:], strides)
        )
        self.leave = weight_norm(nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, mel: Tensor) -> Opinion:
        return opinion(mel, self.layers, self.leave)


class Discriminators(nn.Module):
    """All of them: mel and expectation (B, 2, M, F) in units of the residual -> opinions.

    groups: into how many the bands are cut, where they can be cut evenly.
    """

    def __init__(self, *, bands: int, width: int = 64, groups: tuple[int, ...] = (1, 4, 8)) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            [
                *(
                    GroupDiscriminator(count, bands=bands, width=width)
                    for count in groups
                    if not bands % count
                ),
                PlaneDiscriminator(width=width),
            ]
        )

    def forward(self, mel: Tensor) -> list[Opinion]:
        return [member(mel.float()) for member in self.members]
