"""Sound for the page: spectrograms as small PNGs and takes as MP3, both inside the page itself."""

import base64
import io

import numpy as np

from itoaudio.evaluate.sound import Sound
from itoaudio.runtime import Audio

QUIETEST, LOUDEST = -9.0, 1.0
"""Natural-log mel that is black, and that is brightest."""

PAGE_RATE = 22050


def spectrogram(sound: Sound) -> str:
    """The mel of `sound`, low frequencies below, as a data address of a PNG with 256 colours."""
    from matplotlib import colormaps
    from PIL import Image

    share = (sound.mel[::-1] - QUIETEST) / (LOUDEST - QUIETEST)
    picture = Image.fromarray((255 * np.clip(share, 0, 1)).astype(np.uint8), "L")
    colours = (255 * colormaps["magma"](np.arange(256))[:, :3]).astype(np.uint8)
    coloured = picture.convert("P")
    coloured.putpalette(colours.tobytes())
    file = io.BytesIO()
    coloured.save(file, "PNG", optimize=True)
    return _address("image/png", file.getvalue())


def player_source(sound: Sound) -> str:
    """`sound` as a data address of an MP3: for ears only, what was judged is the WAV."""
    return _address("audio/mpeg", Audio(sound.at(PAGE_RATE), PAGE_RATE).encode(".mp3"))


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
