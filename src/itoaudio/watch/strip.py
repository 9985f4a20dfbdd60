"""The strip: one row of moments a film, from noise to speech, as a figure to print."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from itoaudio.watch.film import Film, even
from itoaudio.watch.spectra import outline, scale, spectrum, ticks

COLOURS, INK = "magma", "#7a1f6e"
COLUMN_INCHES, ROW_INCHES, DPI = 2.0, 1.5, 90
WAVE_COLUMNS = 600


def strip(films: Sequence[Film], *, moments: int = 6, guesses: bool = False) -> bytes:
    """PNG: a row of states for each of `films`, then what the network guesses there if asked.

    Films of the vocoder have their waveforms below. ValueError for no film.
    """
    if not films:
        raise ValueError("no film: give at least one")
    rows = [(film, kind) for film in films for kind in _kinds(film, guesses)]
    chosen = {id(film): even([moment.level for moment in film.moments], moments) for film in films}
    columns = max(map(len, chosen.values()))
    figure = Figure(
        figsize=(COLUMN_INCHES * columns + 0.4, ROW_INCHES * len(rows) + 0.5), layout="constrained"
    )
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for (film, kind), line in zip(rows, axes, strict=True):
        for axis in line:
            axis.set_visible(False)
        for axis, index in zip(line, chosen[id(film)]):
            axis.set_visible(True)
            first = axis is line[0]
            if kind == "wave":
                wave(axis, film, index)
            else:
                _image(axis, film, index, guess=kind == "guess", labelled=first)
                axis.set_title(film.name(index) if kind == "state" else "the guess", fontsize=8)
        if kind == "state" and len(films) > 1:
            line[0].set_title("")
            line[0].set_title(f"{film.caption}\n{film.name(0)}", fontsize=8, loc="left")
    if len(films) == 1:
        figure.suptitle(f"“{films[0].text}”  {films[0].caption}", fontsize=9)
    file = io.BytesIO()
    Image.fromarray(drawn(figure)).quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def drawn(figure: Figure) -> np.ndarray:
    """A figure as (height, width, 3) uint8."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _kinds(film: Film, guesses: bool) -> list[str]:
    return ["state", *(["wave"] if film.stage == "vocoder" else []), *(["guess"] if guesses else [])]


def _image(axis: Axes, film: Film, index: int, *, guess: bool, labelled: bool) -> None:
    low, high = scale(film)
    shown = spectrum(film, index, "guess" if guess else "state")
    rows, names = ticks(film)
    extent = (0, film.seconds, -0.5, len(shown) - 0.5)
    axis.imshow(shown, origin="lower", aspect="auto", cmap=COLOURS, vmin=low, vmax=high, extent=extent)
    axis.set_yticks(rows, names if labelled else [""] * len(names), fontsize=7)
    axis.tick_params(axis="x", labelsize=7)
    if labelled:
        axis.set_ylabel("kHz", fontsize=7)


def wave(axis: Axes, film: Film, index: int) -> None:
    """The waveform of a moment, on one scale for the whole film."""
    low, high = outline(film.sounds[index], WAVE_COLUMNS)
    size = 1.05 * max(abs(sound).max() for sound in film.sounds)
    times = np.linspace(0, film.seconds, len(low))
    axis.fill_between(times, low, high, linewidth=0.3, color=INK)
    axis.set(xlim=(0, film.seconds), ylim=(-size, size), yticks=[])
    axis.tick_params(axis="x", labelsize=7)
