"""What a discriminator answers, of sounds or of mels."""

from torch import Tensor

Opinion = list[Tensor]
"""Features of each layer; the last is the score, high for what is real."""

SLOPE = 0.1
"""Of the leaky rectifiers between layers."""
