"""Tasks for processes of this machine, each with a worker of its own; one that dies is replaced."""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import Any

from itoaudio.signals import completed, held_back

MOST_DEATHS = 3
"""In a row without one finished task: then the fault is in the work."""

_worker: Any = None


def run(make_worker: Callable[[], Any], todo: Sequence[Any], *, processes: int) -> Iterator[Any]:
    """What `worker.make(task)` answers for each task, in the order in which they end.

    processes: 0 works in this very process (the only way to a store that lives in its memory). ValueError
    when processes keep dying.
    """
    if processes == 0:
        worker = make_worker()
        yield from map(worker.make, todo)
        return
    waiting, deaths = list(todo), 0
    while waiting:
        with closing(_pool(make_worker, waiting, processes)) as answers:
            for task, record in answers:
                waiting.remove(task)
                deaths = 0
                yield record
        if waiting and (deaths := deaths + 1) >= MOST_DEATHS:
            raise ValueError(
                f"worker processes died {deaths} times in a row (out of memory?): try fewer than {processes}"
            )


def _pool(
    make_worker: Callable[[], Any], todo: Sequence[Any], processes: int
) -> Generator[tuple[Any, Any], None, None]:
    """(task, answer) until all are done or a process dies."""
    # Spawned and not forked: threads of onnxruntime do not survive a fork.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(processes, context, initializer=_start, initargs=(make_worker,)) as pool:
        try:
            with held_back():
                futures: dict[Future[Any], Any] = {pool.submit(_make, task): task for task in todo}
            for done in completed(futures):
                yield futures.pop(done), done.result()
        except BrokenProcessPool:
            return
        except BaseException:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()  # nobody waits for the tasks at work, which may take minutes
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _start(make_worker: Callable[[], Any]) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _worker = make_worker()


def _make(task: Any) -> Any:
    return _worker.make(task)
