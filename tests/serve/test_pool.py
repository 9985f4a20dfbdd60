"""Workers that die, hang or are full: every accepted job is answered. Real processes, really killed."""

import asyncio
import os
import signal
import time

import pytest

from ito_server import PATIENCE_SECONDS
from itoaudio.serve.pool import Busy, TimeLimit
from itoaudio.serve.process import JobFailed, WorkerDied
from itoaudio.serve.wire import Speak
from itoaudio.serve.worker import WorkerSettings

from .conftest import running_pool

pytestmark = pytest.mark.slow

SHORT = Speak(text="Hello.", voice="toy", format="pcm")
LONG = Speak(
    text="A sentence that takes a while. " * 60,
    voice="toy",
    format="pcm",
    stream=True,
    options={"preset": "exact", "steps": 60, "corrector_snr": 0.1},
)


@pytest.fixture(scope="module")
def pool(loop, toy_folder):
    with running_pool(loop, toy_folder, queue_size=2) as pool:
        yield pool


async def parts(call):
    return [part async for part in call]


async def until(condition):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def begun(pool, job):
    """A call whose worker is at it, and has given something."""
    call = pool.submit(job)
    await until(lambda: call.parts.qsize() > 0)
    return call


def test_a_killed_worker_takes_only_its_own_job(loop, pool):
    async def scene():
        restarts = pool.restarts
        doomed = await begun(pool, LONG)
        waiting = [pool.submit(SHORT) for _ in range(2)]
        os.kill(pool.pids[0], signal.SIGKILL)
        with pytest.raises(WorkerDied) as died:
            await parts(doomed)
        assert died.value.started
        assert all([await parts(call) for call in waiting])
        assert pool.restarts == restarts + 1
        assert (pool.ready, pool.running, pool.waiting) == (1, 0, 0)

    loop.run(scene())


def test_a_worker_that_dies_at_rest_takes_no_job_at_all(loop, pool):
    async def scene():
        assert await parts(pool.submit(SHORT))
        os.kill(pool.pids[0], signal.SIGKILL)
        assert await parts(pool.submit(SHORT))

    loop.run(scene())


def test_a_job_that_was_not_begun_goes_to_another_worker(loop, pool):
    """The order is in the pipe of a stopped worker when that is killed: it was never begun."""

    async def scene():
        assert await parts(pool.submit(SHORT))
        pid = pool.pids[0]
        os.kill(pid, signal.SIGSTOP)
        call = pool.submit(SHORT)
        await until(lambda: pool.running == 1)
        os.kill(pid, signal.SIGKILL)
        assert await parts(call)

    loop.run(scene())


def test_a_full_queue_says_when_to_come_again(loop, pool):
    async def scene():
        busy = await begun(pool, LONG)
        waiting = [pool.submit(SHORT) for _ in range(2)]
        with pytest.raises(Busy, match="the queue is full") as refused:
            pool.submit(SHORT)
        assert 1 <= refused.value.retry_after <= 60
        busy.cancel()
        assert all([await parts(call) for call in waiting])

    loop.run(scene())


def test_a_cancelled_job_frees_its_worker_and_leaves_no_trace(loop, pool):
    async def scene():
        first = (await parts(pool.submit(SHORT)))[0].data
        pid = pool.pids[0]
        for _ in range(3):
            call = await begun(pool, LONG)
            call.cancel()
            assert (await parts(pool.submit(SHORT)))[0].data == first
        gone = pool.submit(SHORT)
        gone.cancel()
        await asyncio.sleep(0)
        await until(lambda: pool.waiting == 0)
        assert pool.pids == [pid], "no worker was lost"

    loop.run(scene())


def test_the_time_limit_ends_a_job_and_not_the_worker(loop, pool, monkeypatch):
    async def scene():
        monkeypatch.setattr(pool, "time_limit", 1.0)
        began = time.monotonic()
        with pytest.raises(TimeLimit, match="within 1 s"):
            await parts(pool.submit(LONG))
        assert time.monotonic() - began < 30
        monkeypatch.setattr(pool, "time_limit", PATIENCE_SECONDS)
        assert await parts(pool.submit(SHORT))

    loop.run(scene())


def test_a_worker_that_hangs_is_replaced(loop, pool, monkeypatch):
    async def scene():
        monkeypatch.setattr("itoaudio.serve.pool.GRACE_SECONDS", 0.5)
        pid = pool.pids[0]
        call = await begun(pool, LONG)
        os.kill(pid, signal.SIGSTOP)
        call.cancel()
        assert await parts(pool.submit(SHORT))
        assert pool.pids != [pid]

    loop.run(scene())


def test_signals_to_the_group_do_not_reach_the_workers(loop, pool):
    async def scene():
        call = await begun(pool, LONG)
        for name in (signal.SIGINT, signal.SIGTERM):
            os.kill(pool.pids[0], name)
        call.cancel()
        assert await parts(pool.submit(SHORT))

    before = pool.restarts
    loop.run(scene())
    assert pool.restarts == before


def test_a_voice_that_cannot_be_loaded_is_told_at_the_start(loop, tmp_path):
    with pytest.raises(JobFailed, match="no voice folder"), running_pool(loop, tmp_path / "none"):
        pass


def test_the_commands_settings_survive_the_way():
    command = WorkerSettings(voices=("a b", None), threads=3).command()
    assert command[-1] == '{"voices":["a b",null],"threads":3,"lexicon":null,"max_seconds":3600.0}'
