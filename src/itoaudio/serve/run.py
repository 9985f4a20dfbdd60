"""`ito serve`: workers, then doors. On SIGINT or SIGTERM the doors close and what was begun is finished."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from itoaudio.runtime.voice import read_lexicon
from itoaudio.serve.app import create_app
from itoaudio.serve.home_assistant import WyomingServer
from itoaudio.serve.pool import Pool
from itoaudio.serve.process import JobFailed, WorkerDied
from itoaudio.serve.settings import ServerSettings

logger = logging.getLogger(__name__)


def serve(settings: ServerSettings, *, announce: Callable[[str], None] = logger.info) -> None:
    """Run until a signal. `announce` is told each address, once it answers.

    ValueError when a voice or the lexicon cannot be loaded, or an address is taken.
    """
    if settings.worker.lexicon:
        read_lexicon(settings.worker.lexicon)  # told here once, and not by each worker
    asyncio.run(_serve(settings, announce))


async def _serve(settings: ServerSettings, announce: Callable[[str], None]) -> None:
    door = _listen(settings.host, settings.port)
    pool = Pool(
        settings.worker.command(),
        workers=settings.workers,
        queue_size=settings.queue_size,
        time_limit=settings.time_limit,
    )
    wyoming = WyomingServer(pool, settings)
    try:
        await pool.start()
        server = _Server(_config(pool, settings))
        if settings.wyoming_port is not None:
            announce(f"tcp://{await wyoming.start()}")
        running = asyncio.create_task(server.serve(sockets=[door]))
        while not server.started and not running.done():
            await asyncio.sleep(0.01)
        if server.started:
            announce(f"http://{_address(door)}")
        await running
        await wyoming.close()
        if server.interrupted:
            raise KeyboardInterrupt
    except (JobFailed, WorkerDied) as error:
        raise ValueError(str(error)) from None
    finally:
        await pool.close()
        door.close()


class _Server(uvicorn.Server):
    """uvicorn without its habit to raise a signal again at the end, which would cut off what we do there."""

    interrupted = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the server, twice SIGINT at once."""
        former = {name: signal.signal(name, self.handle_exit) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for name, handler in former.items():
                signal.signal(name, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note which it was."""
        self.interrupted = self.interrupted or sig == signal.SIGINT
        super().handle_exit(sig, frame)


def _config(pool: Pool, settings: ServerSettings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(pool, settings),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=round(settings.time_limit) + 10,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise ValueError(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from None
    return door


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
