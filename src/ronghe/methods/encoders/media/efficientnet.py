"""EfficientNet-lite0 (Tan & Le 2019, arXiv:1905.11946; without squeeze-and-excitation, ReLU6) as an ONNX network of features."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.media.graph import Graph, normed

SIDE = 224  # pixels
# repeats, kernel, stride, widening, channels of each stage, as in the table of the paper
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
Weights = Mapping[str, NDArray[Any]]


def network(weights: Weights) -> tuple[bytes, int]:
    """ONNX bytes and width: uint8 (batch, SIDE, SIDE, 3) to the mean of the last channels of each stage, and of the head.

    What lies early knows colours and textures, what lies late knows things.
    """
    graph = Graph("pixels", ["batch", SIDE, SIDE, 3], "UINT8")
    value = graph.layer("Transpose", graph.layer("Cast", "pixels", to=1), perm=[0, 3, 1, 2])
    value = graph.scaled(value, np.array(1 / 128), np.array(-127 / 128))
    value = _relu6(graph, _convolved(graph, value, weights, "_conv_stem", "_bn0", 3, 2))
    means, width, block = [], 0, 0
    for repeats, kernel, stride, widening, channels in STAGES:
        for at in range(repeats):
            value = _block(graph, value, weights, f"_blocks.{block}.", kernel, stride if at == 0 else 1, widening > 1, at > 0)
            block += 1
        means.append(_mean(graph, value))
        width += channels
    head = _relu6(graph, _convolved(graph, value, weights, "_conv_head", "_bn1", 1, 1))
    means.append(_mean(graph, head))
    width += len(weights["_bn1.weight"])
    return graph.written(graph.layer("Concat", *means, axis=1), width), width


def _block(graph: Graph, value: str, weights: Weights, name: str, kernel: int, stride: int, wide: bool, skip: bool) -> str:
    """An inverted residual (Sandler 2018, arXiv:1801.04381)."""
    inner = _relu6(graph, _convolved(graph, value, weights, name + "_expand_conv", name + "_bn0", 1, 1)) if wide else value
    inner = _relu6(graph, _convolved(graph, inner, weights, name + "_depthwise_conv", name + "_bn1", kernel, stride, True))
    inner = _convolved(graph, inner, weights, name + "_project_conv", name + "_bn2", 1, 1)
    return graph.layer("Add", inner, value) if skip else inner


def _convolved(
    graph: Graph, value: str, weights: Weights, name: str, norm: str, kernel: int, stride: int, deep: bool = False
) -> str:
    """A convolution with its normalisation folded in; padded as TensorFlow pads."""
    held = weights[f"{name}.weight"]
    slope, shift = normed(weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var"))
    groups = len(held) if deep else 1
    return graph.convolution(
        value, held * slope[:, None, None, None], shift, kernel_shape=[kernel] * 2, strides=[stride] * 2,
        auto_pad="SAME_UPPER", group=groups,
    )  # fmt: skip


def _relu6(graph: Graph, value: str) -> str:
    return graph.layer("Clip", value, graph.constant(np.float32(0)), graph.constant(np.float32(6)))


def _mean(graph: Graph, value: str) -> str:
    return graph.layer("ReduceMean", value, axes=[2, 3], keepdims=0)
