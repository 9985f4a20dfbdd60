"""A voice built in a fraction of a second: tiny ONNX graphs that keep the contract of docs/architecture.md.

Its score graphs are exact, for data that is Gaussian given the condition: N(mean, DATA_STD^2). So every SDE,
sampler and grid must reach the same distribution, which tests can measure. No torch.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from itoaudio.audio.mel import MelSpec
from itoaudio.runtime.voice_format import (
    Acoustic,
    FewGraphs,
    Graphs,
    Preset,
    Sampling,
    SdeSpec,
    Statistics,
    Vocoder,
    VocoderSampling,
    VoiceSpec,
    encode,
)
from itoaudio.text.symbols import ENGLISH_SYMBOLS

MEL = MelSpec()
BINS = MEL.hop_samples
HIDDEN, CONDITION = 6, 5
PULSE_WINDOW = 512
DATA_STD = 0.5
FRAMES_PER_SYMBOL = 5


def build(
    folder: Path, *, reach: int = 0, embedded: int = 0, few_std: float = DATA_STD, **changes: object
) -> Path:
    """Write the toy voice into `folder`; `changes` are fields of voice.json.

    embedded: how many speakers the text graph tells apart; 0 leaves its input `speaker` out. few_std: what
    the few-step graphs take the data's deviation to be, so that they can be told from the exact ones. With a
    `reach` the vocoder's graphs look so many frames to either side, and its score is exact no more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, data in _graphs(reach, embedded, few_std).items():
        (folder / name).write_bytes(data)
        files[name] = sha256(data).hexdigest()
    spec = _spec(files)
    if reach:
        seen = {"condition_reach_frames": reach, "score_reach_frames": reach}
        pairs = {
            name: msgspec.structs.replace(getattr(spec.vocoder, name), **seen) for name in ("exact", "few")
        }
        vocoder = msgspec.structs.replace(spec.vocoder, pitch_reach_frames=reach, **pairs)
        spec = msgspec.structs.replace(spec, vocoder=vocoder)
    spec = msgspec.structs.replace(spec, **changes)
    (folder / "voice.json").write_bytes(encode(spec))
    return folder


def build_duo(folder: Path) -> Path:
    """A toy in which every option of a call can be told: two speakers, few unlike exact, a preset `best`."""
    build(folder, embedded=2, few_std=0.3, name="duo", speakers=("ann", "bob"))
    spec = msgspec.json.decode((folder / "voice.json").read_bytes())
    spec["presets"]["best"] = spec["presets"]["exact"]
    (folder / "voice.json").write_bytes(msgspec.json.encode(spec))
    return folder


def _spec(files: Mapping[str, str]) -> VoiceSpec:
    def sampling(variant: str, steps: int, **more: object) -> Sampling:
        return Sampling(variant=variant, steps=steps, sampler="dpm_solver_pp_2m", **more)

    def drawing(variant: str, steps: int) -> VocoderSampling:
        return VocoderSampling(variant=variant, steps=steps, sampler="dpm_solver_pp_2m", projections=1)

    return VoiceSpec(
        format_version=1,
        name="toy",
        language="en-US",
        licence="CC0-1.0",
        corpus="none: random graphs",
        sample_rate=MEL.sample_rate,
        mel=MEL,
        mel_digest=MEL.digest,
        symbols="".join(ENGLISH_SYMBOLS.symbols),
        acoustic=Acoustic(
            sde=SdeSpec(name="vp_cosine"),
            parametrisation="v",
            text="acoustic_text.onnx",
            exact=_pair("acoustic", "exact", Graphs),
            few=_pair("acoustic", "few", FewGraphs),
            mel_mean=(-5.0,) * MEL.bands,
            mel_std=(2.0,) * MEL.bands,
            pitch=Statistics(mean=5.0, std=0.2),
            energy=Statistics(mean=-6.0, std=1.0),
        ),
        vocoder=Vocoder(
            sde=SdeSpec(name="vp_cosine"),
            parametrisation="v",
            pitch="vocoder_pitch.onnx",
            pitch_reach_frames=0,
            pulse_window_samples=PULSE_WINDOW,
            exact=_pair("vocoder", "exact", Graphs),
            few=_pair("vocoder", "few", FewGraphs),
        ),
        presets={
            "fast": Preset(acoustic=sampling("few", 1), vocoder=drawing("few", 1)),
            "balanced": Preset(acoustic=sampling("few", 2), vocoder=drawing("few", 2)),
            "exact": Preset(acoustic=sampling("exact", 16), vocoder=drawing("exact", 16)),
        },
        default_preset="balanced",
        gain_db=-6.0,
        files=dict(files),
    )


def _pair(stage: str, variant: str, kind: type) -> Graphs:
    trained = (
        {"steps": (1, 2, 4), "sampler": "dpm_solver_pp_2m", "grid": "uniform"} if kind is FewGraphs else {}
    )
    return kind(
        condition=f"{stage}_condition_{variant}.onnx",
        score=f"{stage}_score_{variant}.onnx",
        condition_reach_frames=0,
        score_reach_frames=0,
        **trained,
    )


def _graphs(reach: int, embedded: int, few_std: float) -> dict[str, bytes]:
    graphs = {"acoustic_text.onnx": _text(embedded), "vocoder_pitch.onnx": _pitch(reach)}
    for variant, std in (("exact", DATA_STD), ("few", few_std)):
        graphs[f"acoustic_condition_{variant}.onnx"] = _acoustic_condition()
        graphs[f"acoustic_score_{variant}.onnx"] = _score(MEL.bands, {"condition": CONDITION}, std)
        graphs[f"vocoder_condition_{variant}.onnx"] = _vocoder_condition(reach)
        graphs[f"vocoder_score_{variant}.onnx"] = _score(
            BINS, {"condition": CONDITION, "pulse": PULSE_WINDOW + 2}, std, reach
        )
    return graphs


def _text(speakers: int) -> bytes:
    count = len(ENGLISH_SYMBOLS)
    graph = Builder()
    ids = graph.input("ids", (1, "S"), TensorProto.INT64)
    rows = graph("Gather", graph.random("embedding", (count, HIDDEN), scale=0.5), ids)
    if speakers:
        speaker = graph.input("speaker", (1,), TensorProto.INT64)
        rows = graph("Add", rows, graph("Gather", graph.random("speakers", (speakers, HIDDEN)), speaker))
    graph.output("hidden", graph("Transpose", rows, perm=[0, 2, 1]), (1, HIDDEN, "S"))
    lengths = graph.constant("lengths", np.full(count, np.log(FRAMES_PER_SYMBOL), dtype=np.float32))
    graph.output("log_duration", graph("Gather", lengths, ids), (1, "S"))
    for name in ("pitch", "energy"):
        graph.output(name, graph("Gather", graph.random(f"{name}_table", (count,)), ids), (1, "S"))
    return graph.serialised()


def _acoustic_condition() -> bytes:
    graph = Builder()
    hidden = graph.input("hidden", (1, HIDDEN, "F"))
    rows = [graph("Unsqueeze", graph.input(name, (1, "F")), graph.axes(1)) for name in ("pitch", "energy")]
    seen = graph("Concat", hidden, *rows, axis=1)
    graph.output("mean", graph.linear(seen, MEL.bands, HIDDEN + 2), (1, MEL.bands, "F"))
    graph.output("condition", graph.linear(seen, CONDITION, HIDDEN + 2), (1, CONDITION, "F"))
    return graph.serialised()


def _pitch(reach: int) -> bytes:
    graph = Builder()
    mel = graph.blurred(graph.input("mel", (1, MEL.bands, "F")), MEL.bands, reach)
    level = graph("ReduceMean", mel, graph.axes(1), keepdims=0)
    tilt = graph("Mul", level, graph.constant("tilt", np.float32(0.05)))
    graph.output("log_f0", graph("Add", tilt, graph.constant("log_hz", np.float32(np.log(200)))), (1, "F"))
    loud = graph("Add", level, graph.constant("threshold", np.float32(6)))
    graph.output("voicing", graph("Sigmoid", loud), (1, "F"))
    return graph.serialised()


def _vocoder_condition(reach: int) -> bytes:
    graph = Builder()
    mel = graph.blurred(graph.input("mel", (1, MEL.bands, "F")), MEL.bands, reach)
    rows = [graph("Unsqueeze", graph.input(name, (1, "F")), graph.axes(1)) for name in ("log_f0", "voicing")]
    graph.input("pulse", (1, PULSE_WINDOW + 2, "F"))
    seen = graph("Concat", mel, *rows, axis=1)
    graph.output("condition", graph.linear(seen, CONDITION, MEL.bands + 2), (1, CONDITION, "F"))
    bands = np.minimum(np.arange(BINS) * MEL.bands // BINS, MEL.bands - 1)
    nearest = graph.constant("nearest", np.eye(MEL.bands, dtype=np.float32)[bands])
    graph.output("log_envelope", graph("MatMul", nearest, mel), (1, BINS, "F"))
    return graph.serialised()


def _score(channels: int, seen: Mapping[str, int], std: float, reach: int = 0) -> bytes:
    """v of x_0 ~ N(m, s^2): cs(1 - s^2)/d (x - c m) - s' m, with c, s' = cos, sin of the level's angle."""
    graph = Builder()
    state, level = graph.input("state", (1, channels, "F")), graph.input("level", (1,))
    angle = graph("Mul", level, graph.constant("quarter", np.float32(np.pi / 2)))
    c, s = graph("Cos", angle), graph("Sin", angle)
    parts = [graph.linear(graph.input(name, (1, size, "F")), channels, size) for name, size in seen.items()]
    mean = graph("Tanh", parts[0] if len(parts) == 1 else graph("Add", *parts))
    variance = graph.constant("variance", np.float32(std**2))
    d = graph("Add", graph("Mul", graph("Mul", c, c), variance), graph("Mul", s, s))
    gain = graph("Mul", graph("Mul", c, s), graph.constant("rest", np.float32(1 - std**2)))
    off = graph.blurred(graph("Sub", state, graph("Mul", c, mean)), channels, reach)
    v = graph("Sub", graph("Mul", graph("Div", gain, d), off), graph("Mul", s, mean))
    graph.output("output", v, (1, channels, "F"))
    return graph.serialised()


class Builder:
    """An ONNX graph written as calls: `graph("Add", a, b)` gives the name of the sum."""

    def __init__(self) -> None:
        self.random_numbers = np.random.default_rng(0)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def __call__(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def input(self, name: str, shape: tuple[int | str, ...], kind: int = TensorProto.FLOAT) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, value: str, shape: tuple[int | str, ...]) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, name: str, value: np.ndarray) -> str:
        name = f"{name}_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def axes(self, axis: int) -> str:
        return self.constant("axes", np.array([axis], dtype=np.int64))

    def random(self, name: str, shape: tuple[int, ...], *, scale: float = 1.0) -> str:
        return self.constant(name, scale * self.random_numbers.standard_normal(shape, dtype=np.float32))

    def linear(self, value: str, rows: int, columns: int) -> str:
        return self("MatMul", self.random("weight", (rows, columns), scale=0.5 / columns**0.5), value)

    def blurred(self, value: str, channels: int, reach: int) -> str:
        """The mean over each frame and `reach` frames to either side; nothing lies beyond the ends."""
        width = 2 * reach + 1
        kernel = self.constant("blur", np.full((channels, 1, width), 1 / width, np.float32))
        return self("Conv", value, kernel, group=channels, pads=[reach, reach]) if reach else value

    def serialised(self) -> bytes:
        graph = helper.make_graph(self.nodes, "toy", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.checker.check_model(model)
        return model.SerializeToString()
