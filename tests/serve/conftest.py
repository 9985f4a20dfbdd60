"""The app in a thread of the tests, in front of real worker processes that hold the toy voice."""

import asyncio
import threading
from contextlib import contextmanager

import httpx
import pytest

from ito_server import PATIENCE_SECONDS
from itoaudio.serve.app import create_app
from itoaudio.serve.pool import Pool
from itoaudio.serve.settings import ServerSettings
from itoaudio.serve.worker import WorkerSettings


class Loop:
    """An event loop in a thread, in which coroutines of tests run."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE_SECONDS)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="session")
def loop():
    loop = Loop()
    yield loop
    loop.close()


@contextmanager
def running_pool(loop, folder, *, max_seconds=3600.0, **settings):
    """A pool of real processes."""
    command = WorkerSettings(voices=(str(folder),), threads=1, max_seconds=max_seconds).command()

    async def start():
        pool = Pool(command, **{"workers": 1, "queue_size": 8, "time_limit": PATIENCE_SECONDS, **settings})
        await pool.start()
        return pool

    pool = loop.run(start())
    try:
        yield pool
    finally:
        loop.run(pool.close())


@pytest.fixture(scope="session")
def pool(loop, toy_folder):
    """Shared: tests that kill or fill one make their own."""
    with running_pool(loop, toy_folder) as pool:
        yield pool


class Client:
    """httpx on an app, without a socket; its loop is the pool's."""

    def __init__(self, loop, app):
        self.loop, self.app = loop, app

    def request(self, method, path, **more):
        async def ask():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://test", timeout=PATIENCE_SECONDS
            ) as client:
                return await client.request(method, path, **more)

        return self.loop.run(ask())

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def speak(self, text="Hello there.", headers=None, **more):
        body = {"model": "itoaudio", "voice": "toy", "input": text, "response_format": "pcm", **more}
        return self.request("POST", "/v1/audio/speech", json=body, headers=headers)


@pytest.fixture(scope="session")
def client_of(loop, pool):
    """`client_of(**settings)`: a client of an app with these settings, over the shared pool."""

    def client(pool=pool, **settings):
        return Client(loop, create_app(pool, ServerSettings(**settings)))

    return client


@pytest.fixture(scope="session")
def client(client_of):
    return client_of()
