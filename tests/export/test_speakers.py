"""The text graph of a voice of several speakers."""

import numpy as np
import onnx
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.export import parity
from itoaudio.export.graphs import acoustic_sources, to_onnx
from itoaudio.networks.acoustic import (
    AcousticModel,
    AcousticNetworkConfig,
    ConditionConfig,
    ScoreConfig,
    TextConfig,
)
from itoaudio.runtime.sessions import TEXT, Graph

CONFIG = AcousticNetworkConfig(
    text=TextConfig(width=16, blocks=1, attentions=1, heads=2, predictor_width=8),
    condition=ConditionConfig(width=16, blocks=1),
    score=ScoreConfig(width=16, blocks=1, level_width=8, decoders=1, head_width=8),
)


def test_the_graph_takes_a_speaker_and_says_what_torch_says(tmp_path):
    torch.manual_seed(0)
    model = AcousticModel(CONFIG, symbols=20, spec=MelSpec(), speakers=3).eval()
    with torch.no_grad():
        for table in (model.text.speaker.inward, model.text.speaker.outward):
            table.weight.normal_()
    source = acoustic_sources(model, symbols=20)["text"]
    onnx.save(to_onnx(source), tmp_path / "text.onnx")
    parity.check(source, tmp_path / "text.onnx", weights="float32")
    graph = Graph("text.onnx", TEXT, tmp_path.joinpath)
    ids = np.array([[1, 5, 7, 2]])
    said = [graph({"ids": ids, "speaker": np.array([number])})["hidden"] for number in range(3)]
    for number, hidden in enumerate(said):
        expected = model.text(torch.from_numpy(ids), torch.tensor([number])).hidden.detach().numpy()
        np.testing.assert_allclose(hidden, expected, atol=1e-4)
    np.testing.assert_array_equal(graph({"ids": ids})["hidden"], said[0])
