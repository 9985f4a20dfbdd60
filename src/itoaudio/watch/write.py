"""From a film to a file, by the file's suffix."""

from importlib.util import find_spec
from pathlib import Path

from itoaudio.watch.film import Film

KINDS = {".png": "a strip", ".gif": "an animation", ".mp4": "a film with sound", ".html": "a page with sound"}
SHOWN = {".png": 6, ".gif": 25, ".mp4": 8, ".html": 25}
"""How many moments a kind of file shows, unless told otherwise."""


def check(path: str | Path) -> str:
    """The kind of file, a key of KINDS, before any work; ValueError says what can be written."""
    suffix = Path(path).suffix.lower()
    if suffix not in KINDS:
        raise ValueError(f"cannot write {suffix!r} files: give one of {', '.join(KINDS)}")
    if missing := [name for name in ("matplotlib", "PIL") if find_spec(name) is None]:
        raise ValueError(f"{missing[0]} is not installed; pictures need `pip install 'itoaudio[watch]'`")
    if suffix == ".mp4":
        from itoaudio.watch.animate import check_mp4

        check_mp4()
    return suffix


def encode(film: Film, suffix: str) -> bytes:
    """The whole file of the kind that `suffix` names."""
    if suffix == ".png":
        from itoaudio.watch.strip import strip

        return strip([film], moments=len(film.moments), guesses=True)
    if suffix == ".html":
        from itoaudio.watch.page import page

        return page(film).encode()
    from itoaudio.watch.animate import gif, mp4

    return gif(film) if suffix == ".gif" else mp4(film)
