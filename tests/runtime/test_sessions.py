"""Graphs are checked by name and axes before they run, and built only when they are used."""

from threading import Event

import numpy as np
import pytest

from itoaudio.runtime.errors import DamagedVoice
from itoaudio.runtime.sessions import ACOUSTIC_SCORE, PITCH, Graph, GraphSet, built_ahead
from toy_voice import Builder


def pitch_graph(*, mel="mel", axes=("F",), f0="log_f0"):
    builder = Builder()
    seen = builder.input(mel, (1, 80, *axes))
    value = builder("ReduceMean", seen, builder.axes(1), keepdims=0)
    builder.output(f0, value, (1, *axes))
    builder.output("voicing", value, (1, *axes))
    return builder.serialised()


@pytest.fixture
def graph_of(tmp_path):
    def made(data, contract=PITCH):
        (tmp_path / "a.onnx").write_bytes(data)
        return Graph("a.onnx", contract, tmp_path.joinpath)

    return made


def test_outputs_by_name(graph_of):
    mel = np.ones((1, 80, 7), np.float32)
    found = graph_of(pitch_graph())({"mel": mel, "unused": mel})
    assert sorted(found) == ["log_f0", "voicing"]
    assert found["log_f0"].shape == (1, 7)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pitch_graph(mel="spectrogram"), "takes 'spectrogram'"),
        (pitch_graph(axes=("F", 2)), "3 axes"),
        (pitch_graph(f0="f0"), r"not \['log_f0'\]"),
        (b"no graph", "cannot run|can run"),
    ],
)
def test_a_graph_that_breaks_the_contract_is_named(graph_of, data, message):
    with pytest.raises(DamagedVoice, match=rf"a\.onnx.*{message}"):
        graph_of(data).build()


def test_a_score_graph_names_what_no_condition_gives(graph_of):
    builder = Builder()
    builder.output(
        "output",
        builder("Add", builder.input("state", (1, 80, "F")), builder.input("mood", (1,))),
        (1, 80, "F"),
    )
    with pytest.raises(DamagedVoice, match=r"'mood'.*\['level', 'state'\]"):
        graph_of(builder.serialised(), ACOUSTIC_SCORE)(
            {"state": np.zeros((1, 80, 3), np.float32), "level": np.ones(1)}
        )


def test_one_session_a_file_built_at_first_use(tmp_path):
    (tmp_path / "a.onnx").write_bytes(pitch_graph())
    asked = []

    def path(name):
        asked.append(name)
        return tmp_path / name

    graphs = GraphSet(path, threads=1)
    assert graphs("a.onnx", PITCH) is graphs("a.onnx", PITCH)
    assert asked == []
    for _ in range(2):
        graphs("a.onnx", PITCH)({"mel": np.ones((1, 80, 2), np.float32)})
    assert asked == ["a.onnx"]


class Slow:
    """Stands in for a graph: building it takes as long as `gate` is shut."""

    def __init__(self, gate=None, error=None):
        self.gate, self.error, self.built = gate, error, Event()

    def build(self):
        if self.gate:
            self.gate.wait(10)
        if self.error:
            raise self.error
        self.built.set()


def test_graphs_are_built_beside_the_block_and_after_it():
    gate = Event()
    graphs = [Slow(), Slow(gate)]
    with built_ahead(graphs):
        assert graphs[0].built.wait(10)
        assert not graphs[1].built.is_set()
    gate.set()
    assert graphs[1].built.wait(10)


def test_an_error_in_the_block_stops_the_building():
    gate = Event()
    graphs = [Slow(gate), Slow()]
    with pytest.raises(KeyError), built_ahead(graphs):
        raise KeyError
    gate.set()
    assert graphs[0].built.wait(10)
    assert not graphs[1].built.wait(0.2)


def test_a_damaged_graph_is_left_for_its_call_to_name():
    graphs = [Slow(error=DamagedVoice("broken")), Slow()]
    with built_ahead(graphs):
        pass
    assert not graphs[1].built.wait(0.2)
