"""A worker process: loads its voices once, then does one job after the other (`wire`) until stdin closes.

python -m itoaudio.serve.worker '{"voices": ["kathleen"]}'
"""

import logging
import os
import signal
import sys
from collections.abc import Iterable
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from itoaudio.serve.wire import Done, Failed, Job, Message, Ready, Started, Stop, framed, read_order

if TYPE_CHECKING:
    from itoaudio.runtime import Voice

logger = logging.getLogger(__name__)


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`voices`: names or folders, None is the first that is found; `threads` for each operator.

    max_seconds: of the sound of one job.
    """

    voices: tuple[str | None, ...] = (None,)
    threads: int | None = None
    lexicon: str | None = None
    max_seconds: float = 3600.0

    def command(self) -> list[str]:
        """How to start a worker of these settings."""
        return [sys.executable, "-m", "itoaudio.serve.worker", msgspec.json.encode(self).decode()]


class Worker:
    """Reads orders from one pipe and answers into another."""

    def __init__(self, orders: BinaryIO, answers: BinaryIO) -> None:
        self._orders = orders
        self._answers = answers
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._stopped = 0  # id of the last job that nobody waits for

    def run(self, settings: WorkerSettings) -> None:
        """Until the server closes its end."""
        from itoaudio.runtime import Voice
        from itoaudio.serve.jobs import info

        self._max_seconds = settings.max_seconds
        try:
            loaded = [
                Voice.load(voice, threads=settings.threads, lexicon=settings.lexicon)
                for voice in settings.voices
            ]
            self._voices = by_name(loaded)
            for voice in loaded:
                voice.say("One.")  # so that no client waits for graphs and words to load
        except (ValueError, OSError) as error:
            return self._send(Failed(message=str(error), fault="server"))
        self._send(Ready(voices=tuple(info(voice) for voice in self._voices.values())))
        Thread(target=self._listen, daemon=True).start()
        while (job := self._jobs.get()) is not None:
            self._do(job)

    def _listen(self) -> None:
        while (order := read_order(self._orders)) is not None:
            if isinstance(order, Stop):
                self._stopped = order.id
            else:
                self._jobs.put(order)
        self._jobs.put(None)

    def _do(self, job: Job) -> None:
        from itoaudio.serve.jobs import failure, perform

        self._send(Started(id=job.id))
        try:
            for part in perform(job, self._voices[job.voice], max_seconds=self._max_seconds):
                if self._stopped == job.id:
                    break
                self._send(part)
        except BrokenPipeError:
            raise
        except Exception as error:
            failed = failure(error, job)
            if failed.fault == "server":
                logger.exception("job %d failed", job.id)
            self._send(failed)
        else:
            self._send(Done(id=job.id))

    def _send(self, message: Message) -> None:
        self._answers.write(framed(message))
        self._answers.flush()


def by_name(voices: Iterable["Voice"]) -> dict[str, "Voice"]:
    """Voices as requests name them; ValueError for two of one name, one of which nobody could ask for."""
    found: dict[str, Voice] = {}
    for voice in voices:
        name = voice.spec.name
        if name in found:
            raise ValueError(
                f"two voices are called {name!r}: {found[name].folder} and {voice.folder}; leave one out, or"
                " give it another name in its voice.json"
            )
        found[name] = voice
    return found


def main() -> None:
    """Run on stdin and stdout. Signals are the server's affair: it closes stdin when work is finished."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not reach the pipe
    try:
        Worker(sys.stdin.buffer, answers).run(msgspec.json.decode(sys.argv[1], type=WorkerSettings))
    except BrokenPipeError:
        os._exit(1)  # the server has gone, and with it the pipe that an orderly end would flush


if __name__ == "__main__":
    main()
