"""Smaller weights inside a graph: half precision, or 8 bits for the matrix products.

Half precision is of storage only: a Cast after each weight, which onnxruntime folds away when it loads.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALL = 256  # elements: below this a weight is not worth a node


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

    onnxruntime runs DynamicQuantizeLinear, MatMulInteger, Cast and Mul as one operator.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    stored: dict[str, onnx.TensorProto] = {}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        weight = weights.get(node.input[1]) if node.op_type == "MatMul" else None
        if weight is None or len(weight.dims) != 2:
            nodes.append(node)
            continue
        stored |= _quantised(numpy_helper.to_array(weight), weight.name)
        nodes += _integer_product(node.input[0], weight.name, node.output[0])
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    return float16(_with(model, [*kept, *stored.values()], nodes))


PRECISIONS: dict[str, Callable[[onnx.ModelProto], onnx.ModelProto]] = {
    "float32": float32,
    "float16": float16,
    "int8": int8,
}
"""By the name that `ito export --weights` takes."""


def _quantised(weight: np.ndarray, name: str) -> dict[str, onnx.TensorProto]:
    """Symmetric int8 (rows, columns) with one scale for each column."""
    scale = np.maximum(np.abs(weight).max(axis=0), 1e-8) / 127
    values = {
        f"{name}.int8": np.rint(weight / scale).astype(np.int8),
        f"{name}.scale": scale.astype(np.float32),
    }
    return {key: numpy_helper.from_array(value, key) for key, value in values.items()}


def _integer_product(value: str, weight: str, output: str) -> list[onnx.NodeProto]:
    own = [f"{output}.{part}" for part in ("uint8", "scale", "zero", "sum", "float", "scales")]
    uint8, scale, zero, total, real, scales = own
    return [
        helper.make_node("DynamicQuantizeLinear", [value], [uint8, scale, zero]),
        helper.make_node("MatMulInteger", [uint8, f"{weight}.int8", zero], [total]),
        helper.make_node("Cast", [total], [real], to=TensorProto.FLOAT),
        helper.make_node("Mul", [scale, f"{weight}.scale"], [scales]),
        helper.make_node("Mul", [real, scales], [output]),
    ]


def _with(
    model: onnx.ModelProto, weights: list[onnx.TensorProto], nodes: list[onnx.NodeProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, model.graph.name, model.graph.input, model.graph.output, weights)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
