"""One worker process as the server sees it: started, given a job, watched, ended."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

from itoaudio.serve.wire import (
    Answer,
    Done,
    Failed,
    Job,
    Part,
    Ready,
    Started,
    Stop,
    VoiceInfo,
    framed,
    read_answer,
)

logger = logging.getLogger(__name__)


class WorkerDied(RuntimeError):
    """The process has gone. `started`: whether it had begun the job it was given."""

    def __init__(self, *, started: bool) -> None:
        super().__init__("the worker that spoke this request died")
        self.started = started


class JobFailed(RuntimeError):
    """A worker says that a job cannot be done. `fault` and `param` as in `Failed`."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.fault, self.param = failed.fault, failed.param


class WorkerProcess:
    """A worker. `voices` are known once it is ready."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None
        self.voices: tuple[VoiceInfo, ...] = ()

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process, once started."""
        assert self._process is not None
        return self._process

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process is not None and self._process.returncode is None

    @property
    def ready(self) -> bool:
        """Whether it runs and its voices are loaded."""
        return self.alive and bool(self.voices)

    async def start(self) -> None:
        """Start, and wait until the voices are loaded. `JobFailed` or `WorkerDied` when they cannot be."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._reading = asyncio.create_task(self._read(), name="itoaudio-worker-answers")
        answer = await self._answer(started=False)
        if isinstance(answer, Failed):
            await self.end()
            raise JobFailed(answer)
        assert isinstance(answer, Ready)
        self.voices = answer.voices

    async def run(self, job: Job) -> AsyncIterator[Part]:
        """The parts of a job. `JobFailed`, or `WorkerDied` when the process goes meanwhile."""
        try:
            await self._send(job)
        except OSError:
            raise WorkerDied(started=False) from None
        started = False
        while True:
            answer = await self._answer(started=started)
            if isinstance(answer, Failed):
                raise JobFailed(answer)
            if isinstance(answer, Done):
                return
            started = started or isinstance(answer, Started)
            if isinstance(answer, Part):
                yield answer

    async def abandon(self, job: Job, *, grace_seconds: float) -> None:
        """Have a job stopped of which nobody wants more; a worker that does not obey is killed."""
        try:
            await self._send(Stop(id=job.id))
            async with asyncio.timeout(grace_seconds):
                while not isinstance(await self._answer(started=True), Done | Failed):
                    pass
        except TimeoutError:
            logger.warning("worker %d does not stop: killed", self.process.pid)
            self.kill()
        except (WorkerDied, OSError):
            pass

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def end(self, *, grace_seconds: float = 5.0) -> None:
        """Let the process end: it does when its stdin closes."""
        if not self.alive:
            return
        stdin = self.process.stdin
        assert stdin is not None
        stdin.close()
        try:
            async with asyncio.timeout(grace_seconds):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()

    async def _send(self, message: Job | Stop) -> None:
        stdin = self.process.stdin
        assert stdin is not None
        stdin.write(framed(message))
        await stdin.drain()

    async def _answer(self, *, started: bool) -> Answer:
        answer = await self._answers.get()
        if answer is None:
            self._answers.put_nowait(None)
            raise WorkerDied(started=started)
        return answer

    async def _read(self) -> None:
        """Read whole answers, whoever waits: a job that is cancelled must not leave half of one behind."""
        stdout = self.process.stdout
        assert stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self._answers.put_nowait(await read_answer(stdout))
        self._answers.put_nowait(None)
