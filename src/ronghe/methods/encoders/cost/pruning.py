"""A transformer of the BERT kind with fewer layers and attention heads. Needs torch."""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.tower import Tower, coded, unit

SHARP = 20.0  # how much cosines count when a text is told from others
Scores = NDArray[np.float64]


def with_layers(network: Any, layers: int) -> Any:
    """A copy that keeps so many of the layers, evenly from the first to the last (Fan et al. 2020, arXiv:1909.11556)."""
    held = len(_layers(network))
    if not 1 <= layers <= held:
        raise BadRecipe(f"layers is {layers}; right would be a number from 1 to {held}, as many as the checkpoint has")
    kept = np.linspace(0, held - 1, layers).round().astype(int).tolist() if layers > 1 else [0]
    small = copy.deepcopy(network)
    small.encoder.layer = nn.ModuleList(small.encoder.layer[at] for at in kept)
    small.config.num_hidden_layers = layers
    return small


def importance(checkpoint: Checkpoint, texts: Sequence[str], rng: np.random.Generator, batch: int = 32) -> Scores:
    """How much the network would miss each head (layers, heads): mean size of the gradient of a mask on it (Michel, Levy & Neubig
    2019, arXiv:1905.10650, eq. 2), each layer's of length 1 together, as they advise.

    What is lost is knowing each text by half of its words among the others of its batch, so that no labels are needed.
    """
    network = checkpoint.network
    total = torch.zeros(len(_layers(network)), network.config.num_attention_heads, dtype=torch.float64)
    for start in range(0, len(texts) - 1, batch):
        some = [text for text in texts[start : start + batch] if text.split()]
        masks = torch.ones(total.shape, requires_grad=True)
        with _masked(network, masks):
            whole, half = _vectors(checkpoint, some), _vectors(checkpoint, [_halved(text, rng) for text in some])
            nn.functional.cross_entropy(SHARP * whole @ half.T, torch.arange(len(some))).backward()  # type: ignore[no-untyped-call]
        assert masks.grad is not None
        total += masks.grad.abs().double()
    network.zero_grad(set_to_none=True)
    size = total.norm(dim=1, keepdim=True)
    found: Scores = (total / size.clamp(min=1e-12)).numpy()
    return found


def without_heads(network: Any, important: Scores, share: float) -> Any:
    """A copy without the least important `share` of all heads; each layer keeps its best one. important (layers, heads)."""
    if not 0 <= share < 1:
        raise BadRecipe(f"share is {share}; right would be from 0 to below 1")
    spared = important.copy()
    spared[np.arange(len(spared)), spared.argmax(axis=1)] = np.inf
    gone = np.argsort(spared, axis=None)[: int(share * spared.size)]
    keep = np.ones(spared.size, dtype=bool)
    keep[gone] = False
    keep |= np.isinf(spared).ravel()
    small = copy.deepcopy(network)
    for layer, kept in zip(_layers(small), keep.reshape(spared.shape), strict=True):
        _narrow(layer.attention, np.flatnonzero(kept))
    return small


def _narrow(attention: Any, heads: NDArray[np.int64]) -> None:
    """Leaves only these heads in a layer's attention."""
    part, size = attention.self, attention.self.attention_head_size
    rows = torch.from_numpy((heads[:, None] * size + np.arange(size)).ravel())
    for name in ("query", "key", "value"):
        setattr(part, name, _linear(getattr(part, name), rows, 0))
    attention.output.dense = _linear(attention.output.dense, rows, 1)
    part.num_attention_heads, part.all_head_size = len(heads), len(rows)


def _linear(layer: nn.Linear, rows: Tensor, side: int) -> nn.Linear:
    """The same map with only these outputs (side 0) or inputs (side 1)."""
    weight = layer.weight.detach().index_select(side, rows)
    small = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        small.weight.copy_(weight)
        small.bias.copy_(layer.bias[rows] if side == 0 else layer.bias)
    return small


def _layers(network: Any) -> Any:
    """The layers of the network. BadRecipe where it is not of the BERT kind."""
    layers = getattr(getattr(network, "encoder", None), "layer", None)
    if layers is None or not hasattr(layers[0].attention, "self"):
        raise BadRecipe(f"a {type(network).__name__} cannot be pruned; right would be a checkpoint of the BERT kind")
    return layers


@contextmanager
def _masked(network: Any, masks: Tensor) -> Iterator[None]:
    """What each head says is multiplied by its mask; masks (layers, heads)."""
    handles = [
        layer.attention.output.dense.register_forward_pre_hook(_times(masks[at], layer.attention.self.attention_head_size))
        for at, layer in enumerate(_layers(network))
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _times(mask: Tensor, size: int) -> Callable[[Any, tuple[Tensor, ...]], tuple[Tensor, ...]]:
    return lambda _, given: (given[0] * mask.repeat_interleave(size),)


def _vectors(checkpoint: Checkpoint, texts: Sequence[str]) -> Tensor:
    given = coded(checkpoint.tokenizer, texts, min(96, checkpoint.longest))
    return unit(Tower(checkpoint.network)(given.ids, given.mask))


def _halved(text: str, rng: np.random.Generator) -> str:
    """Half of the words, drawn, in their order."""
    words = text.split()
    kept = np.sort(rng.permutation(len(words))[: max(len(words) // 2, 1)])
    return " ".join(words[at] for at in kept)
