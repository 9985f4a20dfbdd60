"""Tasks for actors on a Ray cluster. An actor that is lost with its node leaves its task to another."""

import logging
import signal
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

log = logging.getLogger(__name__)
IN_HAND = 2  # tasks with each actor, so that it never waits for the next
KNOCK_SECONDS = 5.0
SCALE_SECONDS = 10.0  # how often to look for new nodes
MOST_LOSSES = 4  # with the same task: then the fault is in the task
MOST_STARTS = 1000  # of workers that never began: then it is in the cluster


def installed() -> bool:
    """Whether there is Ray."""
    return find_spec("ray") is not None


def run(
    make_worker: Callable[..., Any], todo: Sequence[Any], *, address: str, threads: int = 1
) -> Iterator[Any]:
    """What `worker.make(task)` answers for each task, in the order in which they end.

    make_worker: called in the actor with `node=`, the name of its machine; address: of the cluster, as
    `ray.init` takes it; threads: cores that each actor claims. ValueError when no cluster answers at the
    address.
    """
    import ray

    try:
        joined = not ray.is_initialized()
        if joined:
            _knock(address)
            ended = signal.getsignal(signal.SIGTERM)
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, ended)  # Ray's own would end the program with a code of its own
    except OSError as error:  # ConnectionError, too
        raise ValueError(f"ray {address!r}: no cluster answers there ({error})") from None
    try:
        yield from _Crew(ray, make_worker, list(todo), threads).answers()
    finally:
        if joined:
            ray.shutdown()


def _knock(address: str) -> None:
    """OSError when nobody listens at HOST:PORT: Ray itself tries for minutes. Other forms are its own."""
    host, colon, port = address.rpartition(":")
    if colon and "/" not in address and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=KNOCK_SECONDS).close()


class _Crew:
    """Actors that are being made, actors at work, and the tasks that each has in hand."""

    def __init__(self, ray: Any, make_worker: Callable[..., Any], todo: list[Any], threads: int) -> None:
        self.ray, self.make_worker, self.todo, self.threads = ray, make_worker, deque(todo), threads
        self.actors: set[Any] = set()
        self.in_hand: dict[Any, int] = {}  # tasks of each actor that is ready
        self.starting: dict[Any, Any] = {}  # reference -> actor
        self.working: dict[Any, tuple[Any, Any]] = {}  # reference -> (actor, task)
        self.losses: Counter[Any] = Counter()  # workers that were lost with a task, or with none yet
        self.looked = float("-inf")

    def answers(self) -> Iterator[Any]:
        """Until no task is left."""
        try:
            while self.todo or self.working:
                if not self.actors or time.monotonic() - self.looked > SCALE_SECONDS:
                    self._hire()
                done, _ = self.ray.wait([*self.starting, *self.working], timeout=SCALE_SECONDS)
                for reference in done:
                    answer = self._settled(reference)
                    if answer is not None:
                        yield answer
        finally:
            for actor in self.actors:
                self.ray.kill(actor)

    def _hire(self) -> None:
        """As many actors as the nodes have room for, one at least; one without room waits for a node."""
        self.looked = time.monotonic()
        cores = sum(node["Resources"].get("CPU", 0) for node in self.ray.nodes() if node["Alive"])
        wanted = max(1, min(int(cores // self.threads), len(self.todo)))
        actor_of = self.ray.remote(num_cpus=self.threads, max_restarts=0)(_Actor)
        while self.todo and len(self.actors) < wanted:
            actor = actor_of.remote(self.make_worker)
            self.actors.add(actor)
            self.starting[actor.ready.remote()] = actor

    def _settled(self, reference: Any) -> Any:
        """The answer of a task, or None for an actor that is ready or one that was lost."""
        errors = self.ray.exceptions
        actor, task = self.working.pop(reference, (self.starting.pop(reference, None), None))
        try:
            answer = self.ray.get(reference)
        except (errors.RayActorError, errors.NodeDiedError, errors.ObjectLostError) as error:
            self._lost(actor, task, error)
            return None
        except errors.RayTaskError as error:
            raise error.cause if isinstance(error.cause, (ValueError, OSError)) else error from None
        if task is None:
            self.in_hand[actor] = 0
            self._deal(actor)
            return None
        if actor in self.in_hand:
            self.in_hand[actor] -= 1
            self._deal(actor)
        return answer

    def _deal(self, actor: Any) -> None:
        """Give an actor its next tasks; but one each while there are fewer tasks than actors."""
        most = IN_HAND if len(self.todo) >= len(self.actors) else 1
        while self.todo and self.in_hand[actor] < most:
            task = self.todo.popleft()
            self.working[actor.make.remote(task)] = (actor, task)
            self.in_hand[actor] += 1

    def _lost(self, actor: Any, task: Any, error: Exception) -> None:
        """Give the task of a lost actor to another."""
        if task is not None:
            self.todo.appendleft(task)
        self.actors.discard(actor)
        self.in_hand.pop(actor, None)
        if getattr(error, "actor_init_failed", False):
            raise ValueError(f"a worker cannot start: {error}") from None
        self.losses[task] += 1
        log.warning("a worker was lost, its work goes to others: %s", str(error).splitlines()[0])
        if self.losses[task] > (MOST_STARTS if task is None else MOST_LOSSES):
            what = "before they had work" if task is None else f"over {getattr(task, 'name', task)}"
            raise ValueError(f"{self.losses[task]} workers were lost {what}: {error}") from None
        for idle in [other for other, count in self.in_hand.items() if count == 0]:
            self._deal(idle)


class _Actor:
    """What runs in the cluster: one worker for all its tasks."""

    def __init__(self, make_worker: Callable[..., Any]) -> None:
        import ray

        context = ray.get_runtime_context()
        self.worker = make_worker(node=f"{ray.util.get_node_ip_address()}/{context.get_node_id()[:6]}")

    def ready(self) -> None:
        """Answered once the worker is made."""

    def make(self, task: Any) -> Any:
        """The worker's answer."""
        return self.worker.make(task)
