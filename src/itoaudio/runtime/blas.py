"""numpy's matrix products on one thread.

Those of synthesis are too small to share, and OpenBLAS spins for some 30 ms after each while its threads wait
for the next: a core that the networks' own threads need. Eight requests at once took five times as long.
"""

from contextlib import AbstractContextManager
from functools import cache
from threading import Lock
from typing import Any


def one_blas_thread() -> AbstractContextManager[None]:
    """A block in which this process' BLAS keeps to the calling thread; then it is as it was.

    Of blocks that overlap, in several threads, all are such, and after the last of them it is as it was.
    """
    return _BLOCKS


class _Blocks:
    """The blocks of all threads: each alone would take another's one thread for what was there before."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._open == 0:
                self._limit = _controller().limit(limits=1, user_api="blas")
            self._open += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open -= 1
            if self._open == 0:
                self._limit.restore_original_limits()


_BLOCKS = _Blocks()


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
