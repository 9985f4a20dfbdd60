"""One page to scrub through a film and to hear it: plain HTML that holds all it shows."""

import base64
import io
import json
from importlib.resources import files

import numpy as np
from matplotlib import colormaps
from PIL import Image

from itoaudio.runtime import Audio
from itoaudio.watch.film import KIND, Film
from itoaudio.watch.spectra import VIEWS, outline, scale, spectrum, ticks
from itoaudio.watch.strip import COLOURS

WAVE_COLUMNS = 400


def page(film: Film) -> str:
    """The HTML of a film with sounds."""
    loudest = max(float(abs(sound).max(initial=1e-9)) for sound in film.sounds)
    rows, names = ticks(film)
    height = spectrum(film, 0).shape[0]
    told = {
        "text": film.text,
        "caption": film.caption,
        "kind": KIND[film.stage],
        "seconds": round(film.seconds, 3),
        "ticks": [((row + 0.5) / height, f"{name} kHz") for row, name in zip(rows, names)],
        "moments": [
            {
                "name": film.name(index),
                **{view: picture(film, index, view) for view in VIEWS},
                "wave": _path(outline(sound, WAVE_COLUMNS) / loudest),
                "sound": _data("audio/mpeg", Audio(sound, film.sample_rate).encode(".mp3")),
            }
            for index, sound in enumerate(film.sounds)
        ],
    }
    # "<" alone could end the script element that holds it.
    held = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    template = files("itoaudio.watch").joinpath("page.html").read_text(encoding="utf-8")
    return template.replace(">FILM<", f">{held}<")


def picture(film: Film, index: int, view: str) -> str:
    """A view of a moment as the data URI of a PNG, one pixel for each of its values."""
    low, high = scale(film)
    shown = np.clip((spectrum(film, index, view) - low) / (high - low), 0, 1)
    image = Image.fromarray(np.round(255 * shown[::-1]).astype(np.uint8)).convert("P")
    image.putpalette(colormaps[COLOURS](np.arange(256), bytes=True)[:, :3].tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return _data("image/png", file.getvalue())


def _path(shape: np.ndarray) -> str:
    """An SVG path around least and greatest (2, columns) in [-1, 1], 1000 wide and 200 high."""
    across = np.linspace(0, 1000, shape.shape[1])
    points = [*zip(across, shape[1]), *zip(across[::-1], shape[0, ::-1])]
    return "M" + "L".join(f"{x:.0f} {-100 * y:.1f}" for x, y in points) + "Z"


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
