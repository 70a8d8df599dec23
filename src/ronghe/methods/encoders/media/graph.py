"""A network written down as an ONNX graph, layer by layer, out of plain arrays."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 17
Array = NDArray[Any]


class Graph:
    """Layers take and give names of values; `written` gives the whole network as bytes."""

    def __init__(self, given: str, shape: Sequence[int | str], kind: str = "FLOAT") -> None:
        from onnx import TensorProto, helper

        self._helper = helper
        self._input = helper.make_tensor_value_info(given, getattr(TensorProto, kind), list(shape))
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def layer(self, operator: str, *values: str, **settings: Any) -> str:
        """One operator over named values; the name of what it gives."""
        name = f"v{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, list(values), [name], **settings))
        return name

    def constant(self, value: Any) -> str:
        """Numbers that are part of the network; float64 becomes float32."""
        from onnx import numpy_helper

        held = np.asarray(value)
        held = held.astype(np.float32) if held.dtype == np.float64 else held
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(held).reshape(held.shape), name))
        return name

    def convolution(self, value: str, kernel: Array, bias: Array, **settings: Any) -> str:
        """kernel (out, in, height, width) · bias (out,)."""
        return self.layer("Conv", value, self.constant(kernel), self.constant(bias), **settings)

    def scaled(self, value: str, scale: Array, shift: Array) -> str:
        """value * scale + shift."""
        return self.layer("Add", self.layer("Mul", value, self.constant(scale)), self.constant(shift))

    def written(self, gives: str, width: int) -> bytes:
        """The network that gives (batch, width)."""
        from onnx import TensorProto, checker, helper

        out = helper.make_tensor_value_info(gives, TensorProto.FLOAT, ["batch", width])
        graph = helper.make_graph(self._nodes, "network", [self._input], [out], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        checker.check_model(model)
        content: bytes = model.SerializeToString()
        return content


def normed(parts: Iterable[Array], epsilon: float = 1e-3) -> tuple[Array, Array]:
    """What a normalisation (scale, shift, mean, variance) comes to when nothing is learnt any more: value * first + second."""
    scale, shift, mean, variance = parts
    slope = scale / np.sqrt(variance + epsilon)
    return slope, shift - mean * slope
