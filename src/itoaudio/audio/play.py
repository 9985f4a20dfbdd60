"""Sound to the loudspeakers, while more of it is made: a queue that the sound card empties.

Needs the package `miniaudio` (extra `play`), whose wheels bring all they need.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event
from types import TracebackType
from typing import Any

import numpy as np

from itoaudio.audio.files import to_int16

_AHEAD = 16  # stretches: how far the voice may run ahead of the listener
_BUFFER_MS = 200
_POLL_SECONDS = 0.1


class CannotPlay(ValueError):
    """There is no sound card, or no package to reach it."""


class Player:
    """A context in which `play` queues sound at `sample_rate` Hz; leaving it waits for the end."""

    def __init__(self, sample_rate: int, *, backends: list[Any] | None = None) -> None:
        try:
            import miniaudio
        except ImportError:
            raise CannotPlay(
                "playing needs the package miniaudio: pip install 'itoaudio[play]', or write a file with -o"
            ) from None
        self._waiting: Queue[bytes] = Queue(_AHEAD)
        self._ending, self._ended = Event(), Event()
        try:
            with _quiet():
                self._device = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.SIGNED16,
                    nchannels=1,
                    sample_rate=sample_rate,
                    buffersize_msec=_BUFFER_MS,
                    backends=backends,
                    app_name="itoaudio",
                )
        except miniaudio.MiniaudioError:
            raise CannotPlay("there is no sound card to play on: write a file with -o instead") from None
        if backends is None and self._device.backend.lower() == "null":
            self._device.close()
            raise CannotPlay("there is no sound card to play on: write a file with -o instead")

    def __enter__(self) -> "Player":
        source = self._bytes()
        next(source)
        self._device.start(source)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._ending.set()
        try:
            while kind is None and not self._ended.wait(_POLL_SECONDS):
                pass
        finally:
            self._device.close()

    def play(self, samples: np.ndarray) -> None:
        """Queue samples (N,); waits while much is queued."""
        data = to_int16(samples).tobytes()
        while not self._ended.is_set():
            try:
                return self._waiting.put(data, timeout=_POLL_SECONDS)
            except Full:
                continue

    def _bytes(self) -> Generator[bytes, int, None]:
        """What the card asks for, in frames of two bytes; silence while nothing is there yet."""
        held = bytearray()
        asked = yield b""
        while True:
            try:
                while len(held) < 2 * asked:
                    held += self._waiting.get_nowait()
            except Empty:
                if self._ending.is_set() and not held:
                    # The card still plays what it was given: one buffer of silence, then the end.
                    yield bytes(2 * asked)
                    self._ended.set()
            part = bytes(held[: 2 * asked])
            del held[: 2 * asked]
            asked = yield part.ljust(2 * asked, b"\0")


@contextmanager
def _quiet() -> Iterator[None]:
    """ALSA writes a page to stderr for each device it does not find; the error says it in a line."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
