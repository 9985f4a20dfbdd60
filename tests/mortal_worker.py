"""A worker that dies, where spawned processes can find it."""

import os
import signal
from pathlib import Path


class Mortal:
    """Dies at its first meeting with a task of odd number; the mark it leaves saves the next worker, unless
    `deadly`."""

    def __init__(self, folder, deadly):
        self.folder, self.deadly = Path(folder), deadly

    def make(self, task):
        mark = self.folder / str(task.number)
        if self.deadly or (task.number % 2 and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task.number


class Maker:
    """Makes one in each process."""

    def __init__(self, folder, *, deadly=False):
        self.folder, self.deadly = folder, deadly

    def __call__(self):
        return Mortal(self.folder, self.deadly)
