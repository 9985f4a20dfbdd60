"""Files by URL: a folder on this machine, an object store, or anything else that fsspec knows.

A file is whole once it has its name on an object store; elsewhere a crash may leave a cut one. So nothing
here counts as written until a record with its size and digest is (see `shards`).
"""

from dataclasses import dataclass
from typing import Any

import fsspec
from fsspec.core import url_to_fs

from itoaudio.signals import held_back


@dataclass(frozen=True)
class Store:
    """The folder at `url`. Small enough to travel to other machines, where it is opened anew."""

    url: str

    def read(self, name: str) -> bytes | None:
        """A file's content, or None when there is no such file."""
        system, folder = self._open()
        try:
            return bytes(system.cat_file(f"{folder}/{name}"))
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file; folders are made as needed. OSError when it cannot be written. SIGTERM
        waits until it is whole."""
        system, folder = self._open()
        system.makedirs(folder, exist_ok=True)
        with held_back():
            system.pipe_file(f"{folder}/{name}", data)

    def sizes(self) -> dict[str, int]:
        """Size in bytes of each file in the folder, by name; none when there is no folder."""
        system, folder = self._open()
        system.invalidate_cache()
        try:
            found = system.ls(folder, detail=True)
        except FileNotFoundError:
            return {}
        return {file["name"].rsplit("/", 1)[-1]: file["size"] or 0 for file in found}

    def _open(self) -> tuple[Any, str]:
        system, folder = url_to_fs(self.url)
        return system, str(folder).rstrip("/")


def read_url(url: str) -> bytes:
    """All of the file at `url`. ValueError names a URL that is not there or of no known kind."""
    try:
        with fsspec.open(url, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise ValueError(f"{url}: no such file") from None
    except (ImportError, ValueError) as error:
        raise ValueError(f"{url}: {error}") from None
