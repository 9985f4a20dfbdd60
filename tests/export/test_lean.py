"""A lean graph answers as before, with fewer nodes."""

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from itoaudio.export.graphs import GraphSource, to_onnx
from itoaudio.export.lean import lean
from itoaudio.networks.blocks import ConvNeXt, LevelEmbedding
from itoaudio.runtime.sessions import Contract

WIDTH = 16


class Block(nn.Module):
    """A block at a noise level: state (1, D, F) and level (1,) -> (1, D, F)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = LevelEmbedding(8)
        self.block = ConvNeXt(WIDTH, level_width=8)
        for values in self.block.parameters():
            nn.init.normal_(values, std=0.5)

    def forward(self, state: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        return self.block(state.transpose(1, 2), self.level(level)).transpose(1, 2)


def exported() -> tuple[GraphSource, onnx.ModelProto]:
    torch.manual_seed(0)
    inputs = {"state": torch.randn(1, WIDTH, 37), "level": torch.tensor([0.5])}
    contract = Contract(takes={"state": 3, "level": 1}, gives={"output": 3})
    source = GraphSource(Block(), inputs, ("output",), contract)
    return source, to_onnx(source)


def answer(model: onnx.ModelProto, inputs: dict[str, torch.Tensor]) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})[0]


def test_it_answers_as_before():
    source, model = exported()
    before = model.SerializeToString()
    small = lean(model)
    assert model.SerializeToString() == before
    onnx.checker.check_model(small)
    for length in (1, 50):
        inputs = source.example(length, seed=length)
        np.testing.assert_allclose(answer(small, inputs), answer(model, inputs), rtol=1e-4, atol=1e-5)


def test_scales_and_modulations_take_no_passes_of_their_own():
    _, model = exported()
    before, after = (Counter(node.op_type for node in graph.graph.node) for graph in (model, lean(model)))
    assert before["Mul"] - after["Mul"] == 2, "the scale of the layer and that of the level"
    assert before["Add"] - after["Add"] == 1, "the shift of the level"


def test_what_each_frame_scales_stays():
    """A modulation that differs from frame to frame is no scale of a norm."""
    torch.manual_seed(0)

    class Gate(nn.Module):
        def forward(self, state: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
            normed = nn.functional.layer_norm(state.transpose(1, 2), (WIDTH,))
            gated = normed * state.transpose(1, 2) + level[:, None, None]
            return gated.transpose(1, 2)

    inputs = {"state": torch.randn(1, WIDTH, 37), "level": torch.tensor([0.5])}
    contract = Contract(takes={"state": 3, "level": 1}, gives={"output": 3})
    model = to_onnx(GraphSource(Gate(), inputs, ("output",), contract))
    np.testing.assert_allclose(answer(lean(model), inputs), answer(model, inputs), rtol=1e-4, atol=1e-5)
