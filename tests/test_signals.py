import os
import signal
import threading
import time
from concurrent.futures import Future

import pytest

from itoaudio.signals import completed, held_back


class Left(BaseException):
    """What the signal's handler raises."""


@pytest.fixture
def raising():
    """SIGTERM raises `Left`."""

    def leave(*_):
        raise Left

    former = signal.signal(signal.SIGTERM, leave)
    yield
    signal.signal(signal.SIGTERM, former)


def test_a_signal_held_back_comes_afterwards(raising):
    reached = []

    def work():
        with held_back():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
            reached.append("the end of the work")
        reached.append("what follows it")

    with pytest.raises(Left):
        work()
    assert reached == ["the end of the work"]


def test_each_future_comes_once_however_it_ends():
    done, failed, dropped = Future(), Future(), Future()
    dropped.cancel()
    done.set_result(1)
    failed.set_exception(ValueError("no"))
    assert set(completed([done, failed, dropped])) == {done, failed, dropped}
    assert list(completed([])) == []


@pytest.mark.parametrize("moment", [0.002 + 0.003 * i for i in range(12)])
def test_a_signal_leaves_no_future_locked(raising, moment):
    """With `concurrent.futures.wait`, which holds thousands of locks at once, most of these hang."""
    futures = [Future() for _ in range(5000)]
    hurry = threading.Event()

    def work():
        for future in futures:
            future.set_result(None)
            if not hurry.is_set():
                time.sleep(1e-4)

    def wait():
        threading.Timer(moment, os.kill, (os.getpid(), signal.SIGTERM)).start()
        for _ in completed(futures):
            pass
        time.sleep(20)  # where a busy machine's signal comes

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    with pytest.raises(Left):
        wait()
    hurry.set()
    worker.join(timeout=20)
    assert not worker.is_alive()
