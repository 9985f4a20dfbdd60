"""Noise becoming speech, for people: a strip, an animation, a film, or one page to scrub through and to hear.

Needs `pip install 'itoaudio[watch]'` (matplotlib and Pillow); MP4 also needs PyAV (`pip install av`).
"""

from itoaudio.watch.film import Film, film
from itoaudio.watch.write import KINDS, SHOWN, check, encode

__all__ = ["KINDS", "SHOWN", "Film", "check", "encode", "film"]
