"""Smaller weights answer nearly the same, and are smaller."""

import numpy as np
import onnx
import onnxruntime
import pytest

from itoaudio.export.parity import TOLERANCES, relative_error
from itoaudio.export.weights import PRECISIONS
from toy_voice import Builder


@pytest.fixture(scope="module")
def model():
    """Two products around a bias, as in a network's block: x (1, F, 64) -> (1, F, 64)."""
    graph = Builder()
    x = graph.input("x", (1, "F", 64))
    inner = graph("MatMul", x, graph.random("expand", (64, 128), scale=0.1))
    inner = graph("Relu", graph("Add", inner, graph.random("bias", (128,))))
    graph.output("y", graph("MatMul", inner, graph.random("contract", (128, 64), scale=0.1)), (1, "F", 64))
    return onnx.load_from_string(graph.serialised())


def answer(model, x):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize(("weights", "share"), [("float32", 1.0), ("float16", 0.52), ("int8", 0.32)])
def test_size_and_error(model, weights, share):
    before = model.SerializeToString()
    small = PRECISIONS[weights](model)
    assert model.SerializeToString() == before
    onnx.checker.check_model(small)
    assert len(small.SerializeToString()) < share * len(before) + 1
    x = np.random.default_rng(1).standard_normal((1, 9, 64), dtype=np.float32)
    assert relative_error(answer(small, x), answer(model, x)) < TOLERANCES[weights] / 2


@pytest.mark.parametrize("weights", PRECISIONS)
def test_a_frame_depends_on_no_other(model, weights):
    """A loud frame elsewhere changes nothing: a stream can be cut where the networks no longer look."""
    small = PRECISIONS[weights](model)
    x = np.random.default_rng(2).standard_normal((1, 9, 64), dtype=np.float32)
    louder = x.copy()
    louder[:, 5:] *= 50
    np.testing.assert_allclose(answer(small, louder)[:, :5], answer(small, x)[:, :5], rtol=1e-6)
    np.testing.assert_allclose(answer(small, x[:, :5]), answer(small, x)[:, :5], rtol=1e-5, atol=1e-6)


def test_silence_stays_finite(model):
    assert np.isfinite(answer(PRECISIONS["int8"](model), np.zeros((1, 4, 64), np.float32))).all()


def test_relative_error():
    ones = np.ones((1, 4), np.float32)
    assert relative_error(1.1 * ones, ones) == pytest.approx(0.1, rel=1e-5)
    assert relative_error(ones, np.ones((1, 5))) == float("inf")


def test_weights_of_a_single_row_are_stored_small_and_used_whole():
    graph = Builder()
    x = graph.input("x", (1, 64))
    weight = graph.random("level", (128, 64), scale=0.1)
    graph.output("y", graph("Gemm", x, weight, transB=1), (1, 128))
    model = onnx.load_from_string(graph.serialised())
    small = PRECISIONS["int8"](model)
    onnx.checker.check_model(small)
    assert len(small.SerializeToString()) < 0.32 * len(model.SerializeToString())
    row = np.random.default_rng(1).standard_normal((1, 64), dtype=np.float32)
    assert relative_error(answer(small, row), answer(model, row)) < TOLERANCES["int8"] / 2
