"""One function over many jobs, in processes, with a bar: a job that kills its process costs that job only."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TypeVar

from tqdm import tqdm

from itoaudio.signals import completed, held_back

Job = TypeVar("Job")
Result = TypeVar("Result")


def each(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int,
    title: str,
    lost: Callable[[Job], Result],
) -> list[Result]:
    """`function` of each job, in the order of jobs. workers: processes; 1 stays in this one.

    lost: the answer for a job whose process died (out of memory, a decoder's crash). What `function` raises
    ends the work: it answers with what may go wrong.
    """
    with tqdm(total=len(jobs), desc=title, disable=None, leave=False) as bar:
        if workers == 1 or len(jobs) < 2:
            return [_counted(function(job), bar) for job in jobs]
        done = {index: _counted(result, bar) for index, result in _pooled(function, jobs, workers)}
        for index, job in enumerate(jobs):
            if index not in done:  # a process died: those left each get one of their own
                alone = dict(_pooled(function, [job], 1))
                done[index] = _counted(alone[0] if alone else lost(job), bar)
        return [done[index] for index in range(len(jobs))]


def _pooled(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int
) -> Iterator[tuple[int, Result]]:
    """(index, result) as they come, until all are done or a process dies."""
    pool = ProcessPoolExecutor(workers, initializer=_heed_signals)
    answer = partial(_answer, function)
    try:
        with held_back():
            futures: dict[Future[Result], int] = {pool.submit(answer, job): i for i, job in enumerate(jobs)}
        for future in completed(futures):
            yield futures[future], future.result()
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(cancel_futures=True)


def _heed_signals() -> None:
    """Ctrl-C is the parent's to handle: it would print a traceback for every process. SIGTERM ends this one,
    but not before `function` took back what it was writing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def _answer(function: Callable[[Job], Result], job: Job) -> Result:
    try:
        return function(job)
    except SystemExit:
        os._exit(1)  # the pool would take it for the job's answer, and go on


def _counted(result: Result, bar: tqdm) -> Result:
    bar.update()
    return result
