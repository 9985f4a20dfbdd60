"""numpy's matrix products on one thread.

Those of synthesis are too small to share, and OpenBLAS spins for some 30 ms after each while its threads wait
for the next: a core that the networks' own threads need. Eight requests at once took five times as long.
"""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_blas_thread() -> AbstractContextManager[Any]:
    """A block in which this process' BLAS keeps to the calling thread; then it is as it was."""
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
