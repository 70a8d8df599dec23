"""musicnn (Pons & Serra 2019, arXiv:1909.06654) as an ONNX network of features: timbre and rhythm, pooled over three seconds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.media.graph import Graph, normed
from ronghe.methods.encoders.media.mel import BANDS, FRAMES

TIMBRES, TEMPOS = 2, 3  # convolutions of the front end: across the bands, and along time
Weights = Mapping[str, NDArray[Any]]


def network(weights: Weights) -> tuple[bytes, int]:
    """ONNX bytes and width: float32 log-mel (batch, FRAMES, BANDS) to maxima and means over time of the front end and of three
    convolutions above it, and the last layer before the tags.
    """
    graph = Graph("mel", ["batch", FRAMES, BANDS])
    value = graph.scaled(graph.layer("Unsqueeze", "mel", graph.constant(np.array([1]))), *_norm(weights, 0))
    parts = [_timbre(graph, value, weights, at) for at in range(TIMBRES)]
    parts += [_tempo(graph, value, weights, at) for at in range(TIMBRES, TIMBRES + TEMPOS)]
    front = graph.layer("Transpose", graph.layer("Concat", *parts, axis=1), perm=[0, 3, 2, 1])  # (batch, 1, time, channels)
    levels, value = [front], front
    for at in range(5, 8):
        step = _across(graph, value, weights, at)
        value = step if at == 5 else graph.layer("Add", step, value)
        levels.append(value)
    told = graph.layer("Squeeze", graph.layer("Concat", *levels, axis=3), graph.constant(np.array([1])))  # (batch, time, channels)
    most, mean = (graph.layer(f"Reduce{how}", told, axes=[1], keepdims=0) for how in ("Max", "Mean"))
    last = _last(graph, most, mean, weights)
    width = len(weights["dense/kernel"]) + weights["dense/kernel"].shape[1]
    return graph.written(graph.layer("Concat", most, mean, last, axis=1), width), width


def _timbre(graph: Graph, value: str, weights: Weights, at: int) -> str:
    """Maxima over all bands of a convolution seven frames long; a timbre may lie at any pitch: (batch, channels, time, 1)."""
    kernel = _kernel(weights, at)
    found = _relu_normed(graph, value, weights, at, pads=[kernel.shape[2] // 2, 0, kernel.shape[2] // 2, 0])
    return graph.layer("ReduceMax", found, axes=[3], keepdims=1)


def _tempo(graph: Graph, value: str, weights: Weights, at: int) -> str:
    """Maxima over all bands of a convolution along time: (batch, channels, time, 1)."""
    found = _relu_normed(graph, value, weights, at, auto_pad="SAME_UPPER")
    return graph.layer("ReduceMax", found, axes=[3], keepdims=1)


def _across(graph: Graph, value: str, weights: Weights, at: int) -> str:
    """A convolution over seven frames of all channels: (batch, 1, time, channels)."""
    return graph.layer("Transpose", _relu_normed(graph, value, weights, at, pads=[3, 0, 3, 0]), perm=[0, 3, 2, 1])


def _last(graph: Graph, most: str, mean: str, weights: Weights) -> str:
    """The dense layer below the tags; TensorFlow laid maximum and mean of a channel side by side."""
    both = graph.layer("Concat", *(graph.layer("Unsqueeze", v, graph.constant(np.array([2]))) for v in (most, mean)), axis=2)
    flat = graph.scaled(graph.layer("Flatten", both, axis=1), *_norm(weights, 9, flat=True))
    dense = graph.layer("Gemm", flat, graph.constant(weights["dense/kernel"]), graph.constant(weights["dense/bias"]))
    return graph.scaled(graph.layer("Relu", dense), *_norm(weights, 10, flat=True))


def _relu_normed(graph: Graph, value: str, weights: Weights, at: int, **padded: Any) -> str:
    kernel = _kernel(weights, at)
    found = graph.convolution(value, kernel, weights[f"{_named('conv2d', at)}/bias"], kernel_shape=list(kernel.shape[2:]), **padded)
    return graph.scaled(graph.layer("Relu", found), *_norm(weights, at + 1))


def _kernel(weights: Weights, at: int) -> NDArray[Any]:
    """TensorFlow's (height, width, in, out) as ONNX reads it: (out, in, height, width)."""
    return weights[f"{_named('conv2d', at)}/kernel"].transpose(3, 2, 0, 1)


def _norm(weights: Weights, at: int, flat: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
    parts = (weights[f"{_named('batch_normalization', at)}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance"))
    slope, shift = normed(parts)
    return (slope, shift) if flat else (slope[:, None, None], shift[:, None, None])


def _named(layer: str, at: int) -> str:
    return f"{layer}_{at}" if at else layer
