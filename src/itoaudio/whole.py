"""Files that are whole or not there: written aside, then renamed."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write, aside and then renamed: at `path` there is the old one or all of the new, never half.

    The new one has the old one's mode. A pipe or device is written to and not replaced, a link stays a link.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    target = path.resolve()
    mode = _mode(target)
    # Each thread has its own, and it is short where the name is as long as the file system allows.
    aside = target.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with _opened(aside, target) as file:
            if mode is not None:
                aside.chmod(mode)  # before there is anything to read in it
            yield file
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    """Who may read and write the file at `path`, if there is one."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _opened(aside: Path, target: Path) -> BinaryIO:
    """A new file `aside`; errors name `target`, which is what was asked for."""
    try:
        return aside.open("xb")
    except OSError as error:
        error.filename = str(target)
        raise


def write_whole(path: str | Path, content: str | bytes) -> None:
    """`content` as such a file; text in UTF-8."""
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
