"""Signals whose handlers raise, and work that an exception must not leave half done.

An exception may come between any two instructions of Python. `concurrent.futures` takes its locks in Python:
one that is left locked hangs the pool for ever, and `wait` and `as_completed` hold all at once.
"""

import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

RAISING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM are held back; after it, it is as if they had come then."""
    if threading.current_thread() is not threading.main_thread():
        yield  # handlers run in the main thread only
        return
    came: list[int] = []
    former = {name: signal.signal(name, lambda number, _: came.append(number)) for name in RAISING}
    try:
        yield
    finally:
        for name, handler in former.items():
            signal.signal(name, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)


def completed(futures: Iterable[Future[Any]]) -> Iterator[Future[Any]]:
    """Each of `futures` once, as it ends: done, failed or cancelled; a signal may end the wait."""
    ended: SimpleQueue[Future[Any]] = SimpleQueue()
    waited = list(futures)
    with held_back():
        for future in waited:
            future.add_done_callback(ended.put)
    for _ in waited:
        yield ended.get()
