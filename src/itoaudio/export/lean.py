"""The same graph with fewer passes over memory: elementwise work that its neighbours can do is given to them.

A frame network on a CPU spends as long on passes over memory as on products. What onnxruntime fuses by itself
is left to it.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import helper, numpy_helper


def lean(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of `model` with column scales in their weights and modulations in their norms."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    for rewrite in (_scales_into_weights, _modulations_into_norms):
        while rewrite(_Graph(made.graph)):
            pass
    _Graph(made.graph).sweep()
    return made


class _Graph:
    """Who makes and who reads each value of a graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.constants = {tensor.name: tensor for tensor in graph.initializer}
        self.makers = {name: node for node in graph.node for name in node.output}
        self.readers: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.kept = {output.name for output in graph.output}

    def only(self, name: str, operator: str) -> onnx.NodeProto | None:
        """The maker of a value that one node reads, if it is an `operator`."""
        node = self.makers.get(name)
        alone = len(self.readers.get(name, [])) == 1 and name not in self.kept
        return node if node is not None and node.op_type == operator and alone else None

    def row(self, name: str) -> np.ndarray | None:
        """A constant vector (N,)."""
        tensor = self.constants.get(name)
        return numpy_helper.to_array(tensor) if tensor is not None and len(tensor.dims) == 1 else None

    def operands(self, node: onnx.NodeProto, fits: Callable[[str], bool]) -> tuple[str, str] | None:
        """The inputs of a commutative node, the one that `fits` last."""
        for other, fitting in (tuple(node.input), tuple(node.input)[::-1]):
            if fits(fitting):
                return other, fitting
        return None

    def store(self, name: str, value: np.ndarray) -> str:
        """A constant under a name of its own; what nobody reads any more is swept later."""
        self.graph.initializer.append(numpy_helper.from_array(value.astype(np.float32), name))
        return name

    def replace(self, old: list[onnx.NodeProto], new: list[onnx.NodeProto]) -> None:
        """`new` in the place of the last of `old`, by the graph's order."""
        nodes = list(self.graph.node)
        last = max(index for index, node in enumerate(nodes) if node in old)
        kept = [node for node in nodes[: last + 1] if node not in old] + new + nodes[last + 1 :]
        del self.graph.node[:]
        self.graph.node.extend(kept)

    def sweep(self) -> None:
        """Drop constants that nobody reads."""
        used = {name for node in self.graph.node for name in node.input} | self.kept
        kept = [tensor for tensor in self.graph.initializer if tensor.name in used]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)


def _scales_into_weights(graph: _Graph) -> bool:
    """(x W + b) g, with g a value a column, to x (W g) + b g; whether there was one."""
    for scaled in graph.graph.node:
        found = scaled.op_type == "Mul" and graph.operands(scaled, lambda name: graph.row(name) is not None)
        if not found:
            continue
        add = graph.only(found[0], "Add")
        parts = graph.operands(add, lambda name: graph.row(name) is not None) if add else None
        product = graph.only(parts[0], "MatMul") if parts else None
        if add is None or parts is None or product is None or product.input[1] not in graph.constants:
            continue
        scale, bias = graph.row(found[1]), graph.row(parts[1])
        assert scale is not None
        assert bias is not None
        weight = numpy_helper.to_array(graph.constants[product.input[1]])
        whole = graph.store(f"{product.input[1]}.scaled", weight * scale)
        moved = graph.store(f"{parts[1]}.scaled", bias * scale)
        graph.replace(
            [product, add, scaled],
            [
                helper.make_node("MatMul", [product.input[0], whole], product.output),
                helper.make_node("Add", [product.output[0], moved], scaled.output),
            ],
        )
        return True
    return False


def _modulations_into_norms(graph: _Graph) -> bool:
    """norm(x) a + c, with a and c of one row (1, 1, D) each, to the norm's own scale and bias."""
    for shifted in graph.graph.node:
        if shifted.op_type != "Add":
            continue
        parts = graph.operands(shifted, lambda name: graph.only(name, "Mul") is not None)
        scaled = graph.only(parts[1], "Mul") if parts else None
        inner = _times_norm(graph, scaled) if scaled else None
        norm = graph.only(inner[1], "LayerNormalization") if inner else None
        if parts is None or scaled is None or inner is None or norm is None or not _plain(graph, norm):
            continue
        if not (_level_row(graph, inner[0]) and _level_row(graph, parts[0])):
            continue
        new = helper.make_node(
            "LayerNormalization", [norm.input[0], inner[0], parts[0]], shifted.output, axis=-1
        )
        new.attribute.extend(entry for entry in norm.attribute if entry.name == "epsilon")
        graph.replace([norm, scaled, shifted], [new])
        return True
    return False


def _times_norm(graph: _Graph, scaled: onnx.NodeProto) -> tuple[str, str] | None:
    """The inputs of a product of which the last is a norm."""
    return graph.operands(scaled, lambda name: graph.only(name, "LayerNormalization") is not None)


def _plain(graph: _Graph, norm: onnx.NodeProto) -> bool:
    """Whether a norm scales by ones and shifts by nothing."""
    scale = graph.row(norm.input[1])
    return scale is not None and bool((scale == 1).all()) and len(norm.input) == 2


def _level_row(graph: _Graph, name: str) -> bool:
    """Whether a value comes from the noise level alone, of which there is one: no frame has its own."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        value = todo.pop()
        if value in seen or value in graph.constants or not value:
            continue
        seen.add(value)
        if value in graph.makers:
            todo += graph.makers[value].input
        elif value != "level":
            return False
    return True
