"""Files that are whole or not there: written aside, then renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write, aside and then renamed: at `path` there is the old one or all of the new, never half.

    A pipe or device is written to and not replaced, a link stays a link.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    target = path.resolve()
    aside = target.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            yield file
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def write_whole(path: str | Path, content: str | bytes) -> None:
    """`content` as such a file; text in UTF-8."""
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
