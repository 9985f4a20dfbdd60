"""ONNX graphs as functions of named arrays, checked against the contract in docs/architecture.md.

A graph is read, checked and built at its first call, or ahead of it in a thread: only those in use are.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np

from itoaudio.runtime.errors import DamagedVoice, VoiceError
from itoaudio.runtime.shares import Share, Threads, shared

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Contract:
    """Inputs a graph may take and outputs it must give, with the number of axes of each.

    `open_inputs`: it may also take what the condition graph of its stage gives. `else_given`: inputs that a
    caller may leave out.
    """

    takes: Mapping[str, int]
    gives: Mapping[str, int]
    open_inputs: bool = False
    else_given: Mapping[str, np.ndarray] = field(default_factory=dict)


_ALIGNED = {"hidden": 3, "pitch": 2, "energy": 2}
_HEARD = {"mel": 3, "log_f0": 2, "voicing": 2, "pulse": 3}
_STATE = {"state": 3, "level": 1}

_SPOKEN = {"hidden": 3, "log_duration": 2, "pitch": 2, "energy": 2}
_FIRST_SPEAKER = {"speaker": np.zeros(1, dtype=np.int64)}

TEXT = Contract(takes={"ids": 2, "speaker": 1}, gives=_SPOKEN, else_given=_FIRST_SPEAKER)
ACOUSTIC_CONDITION = Contract(takes=_ALIGNED, gives={"mean": 3})
ACOUSTIC_SCORE = Contract(takes=_STATE, gives={"output": 3}, open_inputs=True)
PITCH = Contract(takes={"mel": 3}, gives={"log_f0": 2, "voicing": 2})
VOCODER_CONDITION = Contract(takes=_HEARD, gives={"log_envelope": 3})
VOCODER_SCORE = Contract(takes={**_STATE, **_HEARD}, gives={"output": 3}, open_inputs=True)


class Graph:
    """One .onnx file, found and vouched for by `path`. Where its `reach` in frames is known, `threads` share
    the frames of a call.
    """

    def __init__(
        self,
        name: str,
        contract: Contract,
        path: Callable[[str], Path],
        *,
        reach: int | None = None,
        threads: Threads | None = None,
    ) -> None:
        self.name = name
        self._contract = contract
        self._path = path
        self._reach = reach
        self._threads = threads
        self._lock = Lock()
        self._session: Any = None
        self._inputs: list[str] = []
        self._outputs: list[str] = []

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Outputs by name; `arrays` may hold more than the graph takes."""
        self.build()
        try:
            given = {**self._contract.else_given, **arrays}
            feeds = {name: given[name] for name in self._inputs}
        except KeyError as error:
            raise DamagedVoice(
                f"{self.name} takes {error}, which no graph before it gives; it is given {sorted(arrays)}"
            ) from None
        if self._reach is None or self._threads is None:
            return self._run(feeds)
        return self._shared(feeds, self._reach, self._threads)

    def _run(self, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(self._outputs, self._session.run(self._outputs, feeds)))

    def _shared(self, feeds: Mapping[str, np.ndarray], reach: int, threads: Threads) -> dict[str, np.ndarray]:
        """As `_run`, by shares of the frames, which are the last axis of all but single numbers."""
        frames = max(value.shape[-1] for value in feeds.values() if value.ndim > 1)

        def answer(share: Share) -> dict[str, np.ndarray]:
            seen = {n: v[..., share.seen] if v.ndim > 1 else v for n, v in feeds.items()}
            return {name: value[..., share.inside] for name, value in self._run(seen).items()}

        shares = shared(frames, reach, threads.count)
        if len(shares) == 1:
            return self._run(feeds)
        answers = threads.map(answer, shares)
        return {name: np.concatenate([each[name] for each in answers], axis=-1) for name in self._outputs}

    def build(self) -> None:
        """Read, check and build the session now, unless it is there."""
        with self._lock:
            if self._session is None:
                session = _session(self._path(self.name))
                self._inputs = [node.name for node in session.get_inputs()]
                self._outputs = [node.name for node in session.get_outputs()]
                self._check(session)
                self._session = session
                logger.debug("built %s: %s -> %s", self.name, self._inputs, self._outputs)

    def _check(self, session: Any) -> None:
        takes, gives = self._contract.takes, self._contract.gives
        lacking = [name for name in gives if name not in self._outputs]
        if lacking:
            raise DamagedVoice(f"{self.name} gives {self._outputs}, not {lacking}: export the voice again")
        for node in session.get_inputs():
            if node.name in takes and len(node.shape) != takes[node.name]:
                raise DamagedVoice(
                    f"{self.name}: input {node.name!r} has shape {node.shape}, not {takes[node.name]} axes"
                )
            if node.name not in takes and not self._contract.open_inputs:
                raise DamagedVoice(f"{self.name} takes {node.name!r}, which is not one of {list(takes)}")


class GraphSet:
    """The graphs of one voice: one session a file, whoever asks."""

    def __init__(self, path: Callable[[str], Path], *, threads: int) -> None:
        self._path = path
        self.threads = Threads(threads)
        self._graphs: dict[str, Graph] = {}

    def __call__(self, name: str, contract: Contract, *, reach: int | None = None) -> Graph:
        """The graph of a file; it is built at its first call. reach: frames it sees on either side."""
        if name not in self._graphs:
            graph = Graph(name, contract, self._path, reach=reach, threads=self.threads)
            self._graphs.setdefault(name, graph)
        return self._graphs[name]


@contextmanager
def built_ahead(graphs: Iterable[Graph]) -> Iterator[None]:
    """Build `graphs` in a thread beside the block and after it; onnxruntime leaves Python free meanwhile.

    An error in the block stops it. What is wrong with a graph is left for its first call to say.
    """
    stop = Event()

    def build() -> None:
        for graph in graphs:
            if stop.is_set():
                return
            try:
                graph.build()
            except VoiceError:
                return

    # No daemon: a process that ends while onnxruntime builds a session would crash.
    Thread(target=build, name="itoaudio-build").start()
    try:
        yield
    except BaseException:
        stop.set()
        raise


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Threads share frames, see `shares`: within an operator they would wait for each other.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # More would only take longer to load: what it fuses, `export.lean` has fused.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    # Every sentence has another length: a pattern or an arena of old lengths is memory held for nothing.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    try:
        # From a path, not from bytes: the weights then are in memory once, not twice, while it loads.
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base class of their own
        raise DamagedVoice(f"{path.name} is not a graph that onnxruntime can run: {error}") from error
