"""The application of a test behind uvicorn."""

from collections.abc import Callable
from pathlib import Path

import uvicorn

from itoaudio.listen.app import build


def serve(
    folder: Path, *, host: str, port: int, root_path: str, log_level: str, announce: Callable[[str], None]
) -> None:
    """Serve the test in `folder` until interrupted; `announce` gets its address once it can be reached."""
    config = uvicorn.Config(build(folder), host=host, port=port, root_path=root_path, log_level=log_level)
    with config.bind_socket() as listener:
        listener.listen()  # so that who reads the address may come at once
        place = "{}:{}".format(*listener.getsockname()[:2])
        announce(f"http://{place}/")
        uvicorn.Server(config).run(sockets=[listener])
