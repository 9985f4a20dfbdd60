"""SIGTERM for commands that write a file: cleaned up as after Ctrl-C, with a code of its own.

`serve`, `listen` and `train` end in their own way, so only commands that ask for it get this.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EXIT_CODE = 128 + signal.SIGTERM


class Terminated(BaseException):
    """SIGTERM came. Like KeyboardInterrupt no Exception, so that no handler of errors takes it for one."""


@contextmanager
def terminable() -> Iterator[None]:
    """Inside, SIGTERM raises `Terminated`; only the main thread can have it so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _raise(*_: Any) -> None:
    raise Terminated
