"""The film itself: GIF by Pillow, and MP4 with the sound of each moment by PyAV, if that is installed."""

import io
from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from itoaudio.watch.film import Film
from itoaudio.watch.spectra import scale, spectrum, ticks
from itoaudio.watch.strip import COLOURS, INK, drawn, wave

SIZE_INCHES, DPI = (6.4, 3.6), 90
MOMENT_MS, LAST_MS = 160, 2400
FRAME_RATE = 20
CURSOR = (255, 255, 255)


def gif(film: Film) -> bytes:
    """An endless GIF: the moments one after the other, the last one longer."""
    frames = [Image.fromarray(picture).quantize(64) for picture, _ in pictures(film)]
    times = [MOMENT_MS] * (len(frames) - 1) + [LAST_MS]
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False
    )
    return file.getvalue()


def check_mp4() -> None:
    """ValueError when PyAV is missing or cannot encode."""
    if find_spec("av") is None:
        raise ValueError(
            "MP4 needs PyAV, whose wheels carry GPL encoders: pip install av; or write .gif or .html"
        )
    import av

    if not {"libx264", "aac"} <= av.codecs_available:
        raise ValueError("this PyAV was built without H.264 or AAC: write .gif or .html")


def mp4(film: Film) -> bytes:
    """An MP4 (H.264 and AAC) of a film with sounds: each moment is heard while it is seen."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        width, height = (round(DPI * inches) for inches in SIZE_INCHES)
        video = container.add_stream(
            "libx264", rate=FRAME_RATE, width=width, height=height, pix_fmt="yuv420p"
        )
        audio = container.add_stream("aac", rate=film.sample_rate, layout="mono")
        for number, picture in enumerate(_played(film)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        sound = np.concatenate([_padded(film, index) for index in range(len(film.sounds))])
        heard = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        heard.sample_rate, heard.pts = film.sample_rate, 0
        container.mux(audio.encode(heard))
        container.mux(audio.encode())
    return file.getvalue()


def pictures(film: Film) -> Iterator[tuple[np.ndarray, tuple[int, int]]]:
    """Each moment as (height, width, 3) uint8, and the columns between which its time runs."""
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(5, 2 if film.sounds else 0.25))
    low, high = scale(film)
    first = spectrum(film, 0)
    rows, names = ticks(film)
    image = upper.imshow(
        first,
        origin="lower",
        aspect="auto",
        cmap=COLOURS,
        vmin=low,
        vmax=high,
        extent=(0, film.seconds, -0.5, len(first) - 0.5),
    )
    upper.set_yticks(rows, names, fontsize=8)
    upper.set_ylabel("kHz", fontsize=8)
    upper.tick_params(axis="x", labelsize=8)
    figure.suptitle(f"“{film.text}”\n{film.caption}", fontsize=9)
    for index in range(len(film.moments)):
        image.set_data(spectrum(film, index))
        upper.set_title(film.name(index), fontsize=9)
        _below(lower, film, index)
        picture = drawn(figure)
        figure.set_layout_engine("none")  # once is enough, and it is most of the work
        left, right = upper.get_window_extent().intervalx
        yield picture, (int(left), int(right))


def _below(axis: Axes, film: Film, index: int) -> None:
    """The waveform; of a film without sounds, how much noise there is."""
    axis.clear()
    axis.set_yticks([])
    if not film.sounds:
        axis.barh([0], [1 - film.moments[index].level], color=INK)
        axis.set(xlim=(0, 1), xticks=[])
        return
    wave(axis, film, index)
    axis.tick_params(axis="x", labelsize=8)


def _played(film: Film) -> Iterator[np.ndarray]:
    for index, (picture, (left, right)) in enumerate(pictures(film)):
        count = _frames(film, index)
        for number in range(count):
            frame = picture.copy()
            column = left + round((right - left) * number / count)
            frame[:, column : column + 2] = CURSOR
            yield frame


def _frames(film: Film, index: int) -> int:
    """Frames of the video for which moment `index` stands, so that its sound ends with them."""
    return max(-(-len(film.sounds[index]) * FRAME_RATE // film.sample_rate), 1)


def _padded(film: Film, index: int) -> np.ndarray:
    length = _frames(film, index) * film.sample_rate // FRAME_RATE
    return np.pad(film.sounds[index], (0, length - len(film.sounds[index])))
