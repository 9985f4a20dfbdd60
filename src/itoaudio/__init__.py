"""itoaudio: text to mel and mel to wave by linear stochastic differential equations (arXiv 2105.07583)."""

__version__ = "0.1.0"
