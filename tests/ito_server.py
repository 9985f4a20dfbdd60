"""`ito serve` as a process of its own, for tests that come as its clients do."""

import re
import signal
import subprocess
import sys
import threading
import time

import httpx

START = "from itoaudio.cli import main; main()"
PATIENCE_SECONDS = 300  # the machine may be busy with other work


class Server:
    """A running `ito serve`."""

    def __init__(self, folder, *more):
        limits = f"--port 0 --threads 1 --workers 1 --time-limit {PATIENCE_SECONDS}".split()
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "serve", "--voice", str(folder), *limits, *more],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []
        self.url = ""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1]
                break
        self.reading = threading.Thread(target=lambda: self.lines.extend(self.process.stderr))
        self.reading.start()

    def workers(self):
        """Process ids of the children."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path, encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def health(self):
        return httpx.get(f"{self.url}/health", timeout=PATIENCE_SECONDS).json()

    def wait(self, condition):
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.05)

    def end(self):
        """Ask it to; the answer is its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self):
        code = self.process.wait(PATIENCE_SECONDS)
        self.reading.join()
        self.process.stderr.close()
        return code
