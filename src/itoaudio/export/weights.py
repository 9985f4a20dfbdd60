"""Smaller weights inside a graph: half precision, or 8 bits for the matrix products.

Half precision is of storage only: a Cast after each weight, which onnxruntime folds away when it loads.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALL = 256  # elements: below this a weight is not worth a node
LARGE = 8192  # elements of weights that are int8 in storage only
ONNXRUNTIME = "com.microsoft"  # domain of its own operators


def float32(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` as it is."""
    return model


def float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large float32 weights as float16; they are float32 again before they are used."""
    stored, casts = [], []
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALL:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            stored.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
            casts.append(
                helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT)
            )
        else:
            stored.append(tensor)
    return _with(model, stored, [*casts, *model.graph.node])


def int8(model: onnx.ModelProto) -> onnx.ModelProto:
    """Matrix products with int8 weights, a scale a column, inputs quantised as they come; else float16.

    Of Gemm, which a noise level meets once a step, and of large convolutions the weights are int8 in storage
    only.
    Inputs (1, F, C) get a scale a frame, not one for all as DynamicQuantizeLinear would give: then a frame's
    answer depends on no frame that its network does not look at, and a stream can be cut anywhere.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    stored: dict[str, onnx.TensorProto] = {}
    nodes: list[onnx.NodeProto] = []
    bounded = {node.output[0] for node in model.graph.node if node.op_type == "Gelu"}
    for node in model.graph.node:
        known = weights.get(node.input[1]) if node.op_type in ("Gemm", "Conv") else None
        if known is not None and np.prod(known.dims) >= LARGE and f"{known.name}.int8" not in stored:
            rows = numpy_helper.to_array(known)
            stored |= _quantised(rows, known.name, axes=tuple(range(1, rows.ndim)))
            whole, scale = f"{known.name}.whole", f"{known.name}.scale"
            # Not DequantizeLinear, which onnxruntime would do at every call instead of once.
            nodes += [
                helper.make_node("Cast", [f"{known.name}.int8"], [whole], to=TensorProto.FLOAT),
                helper.make_node("Mul", [whole, scale], [known.name]),
            ]
        weight = weights.get(node.input[1]) if node.op_type == "MatMul" else None
        if weight is None or len(weight.dims) != 2:
            nodes.append(node)
            continue
        stored |= _quantised(numpy_helper.to_array(weight), weight.name)
        nodes += _integer_product(
            node.input[0], weight.name, node.output[0], bounded=node.input[0] in bounded
        )
    used = {name for node in nodes for name in node.input}
    made = {name for node in nodes for name in node.output}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used - made]
    return float16(_with(model, [*kept, *_CONSTANTS.values(), *stored.values()], nodes))


PRECISIONS: dict[str, Callable[[onnx.ModelProto], onnx.ModelProto]] = {
    "float32": float32,
    "float16": float16,
    "int8": int8,
}
"""By the name that `ito export --weights` takes."""


def _quantised(weight: np.ndarray, name: str, *, axes: tuple[int, ...] = (0,)) -> dict[str, onnx.TensorProto]:
    """Symmetric int8 and one scale for all of `axes`, kept as axes of 1: by default (1, columns)."""
    scale = np.maximum(np.abs(weight).max(axis=axes, keepdims=True), 1e-8) / 127
    values = {
        f"{name}.int8": np.rint(weight / scale).astype(np.int8),
        f"{name}.scale": scale.astype(np.float32),
    }
    return {key: numpy_helper.from_array(value, key) for key, value in values.items()}


LOWEST_GELU = 0.17004  # below 0 a Gelu goes no farther

_NUMBERS: dict[str, np.ndarray] = {
    "int8.last_axis": np.array([-1], dtype=np.int64),
    "int8.step": np.array(1 / 127, dtype=np.float32),
    "int8.least": np.array(1e-12, dtype=np.float32),
    "int8.least_of_gelu": np.array(LOWEST_GELU / 127, dtype=np.float32),
    "int8.one": np.array(1.0, dtype=np.float32),
    "int8.zero": np.array(128, dtype=np.uint8),
}
_CONSTANTS = {name: numpy_helper.from_array(value, name) for name, value in _NUMBERS.items()}
_ZERO = helper.make_tensor("zero", TensorProto.UINT8, [1], [128])


def _integer_product(value: str, weight: str, output: str, *, bounded: bool) -> list[onnx.NodeProto]:
    """value @ weight, with unsigned inputs around 128, which processors multiply with signed weights best.

    bounded: value comes from a Gelu, so its largest element tells how large any is.
    """

    def own(part: str) -> str:
        return f"{output}.{part}"

    node = helper.make_node
    size, least = (value, "int8.least_of_gelu") if bounded else (own("size"), "int8.least")
    return [
        *([] if bounded else [node("Abs", [value], [own("size")])]),
        node("ReduceMax", [size, "int8.last_axis"], [own("largest")], keepdims=1),
        node("Mul", [own("largest"), "int8.step"], [own("steps")]),
        node("Max", [own("steps"), least], [own("scale")]),
        node("Reshape", [own("scale"), "int8.last_axis"], [own("scales")]),
        # QuantizeLinear wants a zero for each scale: as many 128s as there are frames.
        node("Shape", [own("scales")], [own("frames")]),
        node("ConstantOfShape", [own("frames")], [own("zeros")], value=_ZERO),
        node("QuantizeLinear", [value, own("scales"), own("zeros")], [own("uint8")], axis=-2),
        # One pass over the sums: as floats, scaled by the columns. What scales the rows has no such operator.
        node(
            "MatMulIntegerToFloat",
            [own("uint8"), f"{weight}.int8", "int8.one", f"{weight}.scale", "int8.zero"],
            [own("columns")],
            domain=ONNXRUNTIME,
        ),
        node("Mul", [own("columns"), own("scale")], [output]),
    ]


def _with(
    model: onnx.ModelProto, weights: list[onnx.TensorProto], nodes: list[onnx.NodeProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, model.graph.name, model.graph.input, model.graph.output, weights)
    domains = {known.domain: known.version for known in model.opset_import} | {ONNXRUNTIME: 1}
    opsets = [helper.make_opsetid(domain, version) for domain, version in domains.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=model.ir_version)
