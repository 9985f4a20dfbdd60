"""A system that is not ours: a command to run for each text."""

import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from itoaudio.audio import files

Emit = Callable[[np.ndarray], None]
SAMPLE_RATE = 22050
PATIENCE_SECONDS = 600  # for one text: a program that hangs must not hold a run of many systems
PLACES = ("{text}", "{text_file}", "{recording}", "{output}", "{seed}", "{threads}")


def open_system(threads: int, command: str) -> "Command":
    """ValueError for a command that names neither what to speak nor where to write."""
    if "{output}" not in command:
        raise ValueError(f"command {command!r} has no {{output}}; it may hold {' '.join(PLACES)}")
    return Command(command, threads)


class Command:
    """`worker`'s system: a process for each text, without a shell."""

    sample_rate = SAMPLE_RATE

    def __init__(self, command: str, threads: int) -> None:
        self.command, self.threads = command, threads
        self.facts: dict[str, float] = {}

    def read(self, text: str, seed: int, emit: Emit) -> None:
        """Run with {text}, or {text_file}, a file that holds it."""
        self._run(emit, text=text, seed=seed)

    def copy(self, path: str, seed: int, emit: Emit) -> None:
        """Run with {recording}, a file."""
        if "{recording}" not in self.command:
            raise NotImplementedError("the command has no {recording}: it cannot copy")
        self._run(emit, recording=path, seed=seed)

    def _run(self, emit: Emit, **values: object) -> None:
        with tempfile.TemporaryDirectory() as folder:
            text_file, output = Path(folder) / "text.txt", Path(folder) / "output.wav"
            text_file.write_text(f"{values.get('text', '')}\n", encoding="utf-8")
            known = {"text": "", "recording": "", **values, "text_file": text_file, "output": output}
            words = shlex.split(self.command)
            for name, value in {**known, "threads": self.threads}.items():
                words = [word.replace(f"{{{name}}}", str(value)) for word in words]
            try:
                done = subprocess.run(
                    words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS
                )
            except subprocess.TimeoutExpired:
                raise ValueError(f"{words[0]} was not done after {PATIENCE_SECONDS} s") from None
            if done.returncode:
                tail = done.stderr.strip().splitlines()[-1:] or ["no message"]
                raise ValueError(f"{words[0]} ended with {done.returncode}: {tail[0]}")
            emit(files.read(output, sample_rate=SAMPLE_RATE)[0])
