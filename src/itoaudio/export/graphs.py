"""Torch networks -> the graphs of docs/architecture.md, names and free lengths as the contract has them."""

import copy
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import onnx
import torch
from torch import Tensor, nn

from itoaudio.networks.acoustic import AcousticModel
from itoaudio.networks.vocoder import FrameVocoder
from itoaudio.runtime import sessions
from itoaudio.runtime.sessions import Contract

OPSET = 20  # the first with Gelu
EXAMPLE_LENGTH = 37  # frames or symbols to trace with: any number that no network has as its width


SINGLE = ("level", "speaker")
"""Inputs of one number, whatever the length."""


@dataclass(frozen=True)
class GraphSource:
    """A network with inputs (1, channels, length) to trace it with, and what its graph must keep."""

    module: nn.Module
    inputs: Mapping[str, Tensor]
    outputs: tuple[str, ...]
    contract: Contract

    def example(self, length: int, *, seed: int = 0) -> dict[str, Tensor]:
        """Random inputs of another length; those without one, as `level`, stay."""
        generator = torch.Generator().manual_seed(seed)
        made = {}
        for name, value in self.inputs.items():
            shape = (*value.shape[:-1], length)
            if name in SINGLE:
                made[name] = value
            elif name == "ids":
                made[name] = torch.randint(0, int(value.max()) + 1, shape, generator=generator)
            else:
                made[name] = value.mean() + value.std() * torch.randn(shape, generator=generator)
        return made


def acoustic_sources(model: AcousticModel, *, symbols: int) -> dict[str, GraphSource]:
    """text, condition and score of ItôTTS."""
    bands, length = model.mel_mean.shape[0], EXAMPLE_LENGTH
    ids = torch.arange(length).remainder(symbols).unsqueeze(0)
    ids[0, -1] = symbols - 1
    generator = torch.Generator().manual_seed(0)
    pitch, energy, state = (torch.randn(1, size, length, generator=generator) for size in (1, 1, bands))
    with torch.no_grad():
        hidden = model.text(ids).hidden
        condition = model.condition(hidden, pitch[0], energy[0]).condition
    spoken = {"ids": ids}
    if model.text.speaker is not None:
        spoken["speaker"] = torch.tensor([model.text.speaker.speakers - 1])
    return {
        "text": GraphSource(model.text, spoken, ("hidden", "log_duration", "pitch", "energy"), sessions.TEXT),
        "condition": GraphSource(
            model.condition,
            {"hidden": hidden, "pitch": pitch[0], "energy": energy[0]},
            ("mean", "condition"),
            sessions.ACOUSTIC_CONDITION,
        ),
        "score": GraphSource(
            model.score,
            {"state": state, "level": torch.tensor([0.5]), "condition": condition},
            ("output",),
            sessions.ACOUSTIC_SCORE,
        ),
    }


def vocoder_sources(model: FrameVocoder) -> dict[str, GraphSource]:
    """pitch, condition and score of ItôWave."""
    spec, length = model.spec, EXAMPLE_LENGTH
    generator = torch.Generator().manual_seed(0)
    sizes = (spec.bands, model.config.spectrum_samples + 2, spec.hop_samples)
    noise, pulse, state = (torch.randn(1, size, length, generator=generator) for size in sizes)
    mel = 2.5 * noise - 5.0
    with torch.no_grad():
        log_f0, voicing = model.pitch(mel)
        heard = {"mel": mel, "log_f0": log_f0, "voicing": voicing, "pulse": pulse}
        condition, _ = model.condition(**heard)
    noisy = {"state": state, "level": torch.tensor([0.5])}
    return {
        "pitch": GraphSource(model.pitch, {"mel": mel}, ("log_f0", "voicing"), sessions.PITCH),
        "condition": GraphSource(
            model.condition, heard, ("condition", "log_envelope"), sessions.VOCODER_CONDITION
        ),
        "score": GraphSource(
            model.score,
            {**noisy, "condition": condition, "pulse": pulse},
            ("output",),
            sessions.VOCODER_SCORE,
        ),
    }


def to_onnx(source: GraphSource) -> onnx.ModelProto:
    """The graph, its length free, without a trace of the machine that made it."""
    length = torch.export.Dim("length", min=1, max=1 << 20)
    axes = [None if name in SINGLE else {value.ndim - 1: length} for name, value in source.inputs.items()]
    logging.getLogger("torch.onnx").setLevel(
        logging.ERROR
    )  # it reports on torchvision, which no one asked for
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            copy.deepcopy(source.module).eval(),
            tuple(source.inputs.values()),
            dynamo=True,
            input_names=list(source.inputs),
            output_names=list(source.outputs),
            dynamic_shapes=tuple(axes),
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _strip(model)
    onnx.checker.check_model(model)
    return model


def _strip(model: onnx.ModelProto) -> None:
    """Drop stack traces with paths, shapes of inner values and other notes of the exporter."""
    for part in (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output):
        del part.metadata_props[:]
        part.doc_string = ""
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
        tensor.doc_string = ""
    del model.graph.value_info[:]


def reach_frames(source: GraphSource, *, length: int = 320) -> int:
    """How far the network looks: the largest distance, in frames, of an input that moves an output.

    Measured by gradients, on random weights, so that no zero of training or its lack hides a path.
    """
    module = copy.deepcopy(source.module).eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(0.3 * torch.randn(weight.shape, generator=generator))
    inputs = source.example(length)
    framed = [value.requires_grad_() for name, value in inputs.items() if name not in SINGLE]
    outputs = module(*inputs.values())
    total, middle = (outputs,) if isinstance(outputs, Tensor) else outputs, length // 2
    reach = 0
    for centre in (middle, middle + 1):  # two, as stacked frames look further to one side
        picked = torch.stack([output[..., centre].sum() for output in total]).sum()
        for gradient in torch.autograd.grad(picked, framed, retain_graph=True, allow_unused=True):
            if gradient is not None:
                moved = gradient.abs().reshape(-1, length).amax(0).nonzero().squeeze(1)
                reach = max(reach, int((moved - centre).abs().max()) if len(moved) else 0)
    if reach >= middle - 1:
        raise ValueError(
            f"{type(source.module).__name__} looks further than {reach} frames: it cannot be streamed"
        )
    return reach
