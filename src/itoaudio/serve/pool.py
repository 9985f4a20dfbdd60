"""Worker processes behind a bounded queue: every job that is accepted is answered, whatever dies.

A job is done by the first worker that is free. A worker that dies is replaced; the job it had begun fails
(`WorkerDied`), one that it had not is given to another.
"""

import asyncio
import itertools
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from itoaudio.serve.process import JobFailed, WorkerDied, WorkerProcess
from itoaudio.serve.wire import Job, Part, VoiceInfo

logger = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 30.0
LONGEST_RETRY_SECONDS = 60


class Busy(RuntimeError):
    """The queue is full. `retry_after` in whole seconds: when there may be room again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"all workers are busy and the queue is full; try again in {retry_after} s")
        self.retry_after = retry_after


class TimeLimit(RuntimeError):
    """A job took longer than it may, its time in the queue included."""


class Call:
    """An accepted job: iterate for its parts as they come. Leaving it early needs `cancel`."""

    def __init__(self) -> None:
        self.parts: asyncio.Queue[Part | Exception | None] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None
        self.on_part: Callable[[Part], None] = lambda part: None

    async def __aiter__(self) -> AsyncIterator[Part]:
        while (part := await self.parts.get()) is not None:
            if isinstance(part, Exception):
                raise part
            yield part

    def cancel(self) -> None:
        """Nobody wants more of it."""
        if self.task is not None:
            self.task.cancel()


class Pool:
    """`workers` processes of `command`; `queue_size` jobs may wait; each is done in `time_limit` seconds."""

    def __init__(self, command: Sequence[str], *, workers: int, queue_size: int, time_limit: float) -> None:
        self._command = command
        self._size = workers
        self.queue_size = queue_size
        self.time_limit = time_limit
        self.running = 0
        self.restarts = 0
        self.voices: dict[str, VoiceInfo] = {}
        self._job_seconds = 1.0
        self._ids = itertools.count(1)
        self._queue: set[Call] = set()
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._workers: set[WorkerProcess] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> int:
        """How many workers there should be."""
        return self._size

    @property
    def ready(self) -> int:
        """How many workers are loaded and alive."""
        return sum(worker.ready for worker in self._workers)

    @property
    def waiting(self) -> int:
        """How many accepted jobs no worker has begun."""
        return len(self._queue)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are ready."""
        return [worker.process.pid for worker in self._workers if worker.ready]

    async def start(self) -> None:
        """Start the workers. `JobFailed` or `WorkerDied` when the first cannot be."""
        first = WorkerProcess(self._command)
        await first.start()
        self.voices = {voice.name: voice for voice in first.voices}
        self._spawn(self._keep(first))
        for _ in range(self._size - 1):
            self._spawn(self._keep(WorkerProcess(self._command)))

    async def close(self) -> None:
        """End the workers; jobs that still run are cut off."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.end() for worker in self._workers))

    def submit(self, job: Job) -> Call:
        """Accept a job, or raise `Busy`."""
        if self._idle.qsize() <= self.waiting and self.waiting >= self.queue_size:
            raise Busy(self._retry_after())
        call = Call()
        self._queue.add(call)
        call.task = self._spawn(self._answer(msgspec.structs.replace(job, id=next(self._ids)), call))
        call.task.add_done_callback(lambda _: self._queue.discard(call))
        return call

    async def _answer(self, job: Job, call: Call) -> None:
        try:
            async with asyncio.timeout(self.time_limit):
                await self._run(job, call)
            call.parts.put_nowait(None)
        except TimeoutError:
            call.parts.put_nowait(
                TimeLimit(f"not done within {self.time_limit:g} s, which is this server's time limit")
            )
        except (JobFailed, WorkerDied) as error:
            call.parts.put_nowait(error)
        except asyncio.CancelledError:
            call.parts.put_nowait(WorkerDied(started=True))
            raise

    async def _run(self, job: Job, call: Call) -> None:
        while True:
            self._queue.add(call)
            worker = await self._free_worker()
            self._queue.discard(call)
            try:
                return await self._run_on(worker, job, call)
            except WorkerDied as error:
                if error.started:
                    raise

    async def _run_on(self, worker: WorkerProcess, job: Job, call: Call) -> None:
        begun = time.monotonic()
        self.running += 1
        finished = False
        try:
            async for part in worker.run(job):
                call.on_part(part)
                call.parts.put_nowait(part)
            finished = True
        except (JobFailed, WorkerDied):
            finished = True
            raise
        finally:
            self.running -= 1
            self._job_seconds += 0.1 * (time.monotonic() - begun - self._job_seconds)
            if finished:
                self._idle.put_nowait(worker)
            else:
                self._spawn(self._settle(worker, job))

    async def _settle(self, worker: WorkerProcess, job: Job) -> None:
        await worker.abandon(job, grace_seconds=GRACE_SECONDS)
        self._idle.put_nowait(worker)

    async def _free_worker(self) -> WorkerProcess:
        while True:
            worker = await self._idle.get()
            if worker.alive:
                return worker

    async def _keep(self, worker: WorkerProcess) -> None:
        """Keep one place filled: `worker`, and after it others."""
        delay = 1.0
        while True:
            try:
                self._workers.add(worker)
                if not worker.alive:
                    await worker.start()
                self._idle.put_nowait(worker)
                delay = 1.0
                await worker.process.wait()
                logger.error("worker %d died (code %d)", worker.process.pid, worker.process.returncode)
            except (JobFailed, WorkerDied, OSError) as error:
                logger.error("a worker cannot start: %s; next try in %g s", error, delay)
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY_SECONDS)
            self._workers.discard(worker)
            self.restarts += 1
            worker = WorkerProcess(self._command)

    def _retry_after(self) -> int:
        seconds = self._job_seconds * (self.waiting + self.running) / self._size
        return min(max(1, math.ceil(seconds)), LONGEST_RETRY_SECONDS)

    def _spawn(self, work: object) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
