"""What a discriminator answers, of sounds or of mels."""

from torch import Tensor, nn
from torch.nn import functional

Opinion = list[Tensor]
"""Features of each layer; the last is the score, high for what is real."""

SLOPE = 0.1
"""Of the leaky rectifiers between layers."""


def opinion(x: Tensor, layers: nn.ModuleList, leave: nn.Module) -> Opinion:
    """Of x (B, C, ...): what each of `layers` answers behind its rectifier, then the score of `leave`."""
    features = []
    for layer in layers:
        x = functional.leaky_relu(layer(x), SLOPE)
        features.append(x)
    return [*features, leave(x)]
