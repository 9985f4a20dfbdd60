"""itoaudio: text to mel and mel to wave by linear stochastic differential equations (arXiv 2105.07583)."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itoaudio.runtime import Audio, Options, Spoken, Voice

__version__ = "0.1.0"
__all__ = ["Audio", "Options", "Spoken", "Voice", "load"]


def load(
    voice: str | Path | None = None, *, threads: int | None = None, lexicon: str | Path | None = None
) -> "Voice":
    """A voice by its name or its folder; None is the first that is found. See `Voice.load`."""
    from itoaudio.runtime import Voice

    return Voice.load(voice, threads=threads, lexicon=lexicon)


def __getattr__(name: str) -> object:
    # Numpy and the runtime load when they are asked for: training and `ito --help` need not wait for them.
    if name in __all__:
        from itoaudio import runtime

        return getattr(runtime, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
