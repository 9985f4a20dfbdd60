"""How a server is run: every limit and door of it in one strict struct."""

from pathlib import Path

import msgspec

from itoaudio.runtime.errors import within
from itoaudio.serve.worker import WorkerSettings

OPENAI_MAX_CHARACTERS = 4096
MOST_STEPS = 1000


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits are promises to the machine: `ito serve --help` says what each means.

    api_keys: empty lets everybody in; aliases: other names of voices, such as OpenAI's, to their own names.
    """

    worker: WorkerSettings = WorkerSettings()
    host: str = "127.0.0.1"
    port: int = 8000
    wyoming_port: int | None = None
    workers: int = 1
    queue_size: int = 32
    time_limit: float = 120.0
    max_characters: int = OPENAI_MAX_CHARACTERS
    max_steps: int = 64
    api_keys: tuple[str, ...] = ()
    aliases: dict[str, str] = {}

    def __post_init__(self) -> None:
        within("port", self.port, 0, 65535)
        within("wyoming_port", self.wyoming_port or 0, 0, 65535)
        within("workers", self.workers, 1, 64)
        within("queue_size", self.queue_size, 0, 10_000)
        within("time_limit", self.time_limit, 0.001, 86_400)
        within("max_characters", self.max_characters, 1, 1_000_000)
        within("max_steps", self.max_steps, 1, MOST_STEPS)
        within("max_seconds", self.worker.max_seconds, 1, 86_400)

    @property
    def max_body_bytes(self) -> int:
        """What a request may weigh: JSON writes a character in at most 12 bytes."""
        return 12 * self.max_characters + 16_384


def read_api_keys(path: Path) -> tuple[str, ...]:
    """One key a line; blank lines and lines that begin with # are none.

    A mark of byte order is no part of a key. ValueError when there is none, and for what is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save the file as UTF-8"
        ) from None
    lines = (line.strip() for line in text.splitlines())
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys:
        raise ValueError(
            f"{path}: holds no key; write one a line, or leave out the option to let everybody in"
        )
    return keys
