"""The network: a transformer over question and item together, and one number that says how well they go. Needs torch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.methods.encoders.cross.pieces import Ids
from ronghe.methods.encoders.tuning.checkpoint import opened
from ronghe.methods.encoders.tuning.export import onnx_of


class CrossNetwork(nn.Module):
    """network: a transformer of the BERT kind · head: from the mean of what it makes of the pieces to the score."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        self.head = nn.Linear(int(network.config.hidden_size), 1)

    def forward(self, ids: Tensor, side: Tensor) -> Tensor:
        """ids and side (pairs, pieces), nothing padded, to scores (pairs, 1)."""
        score: Tensor = self.head(self.network(input_ids=ids, token_type_ids=side).last_hidden_state.mean(dim=1))
        return score

    def padded(self, ids: Tensor, side: Tensor, mask: Tensor) -> Tensor:
        """The same where pieces of mask 0 are padding; scores (pairs,)."""
        hidden = self.network(input_ids=ids, token_type_ids=side, attention_mask=mask).last_hidden_state
        weight = mask[:, :, None].to(hidden.dtype)
        score: Tensor = self.head((hidden * weight).sum(dim=1) / weight.sum(dim=1))[:, 0]
        return score


def fresh(checkpoint: str, layers: int, seed: int) -> tuple[CrossNetwork, str]:
    """The network as it starts, `layers` of the checkpoint's taken evenly (0 = all), and its tokenizer as text.

    The table of pieces stays as it is: a shop's few texts would only move the pieces that they say.
    """
    from ronghe.methods.encoders.cost.pruning import with_layers

    held = opened(checkpoint)
    torch.manual_seed(seed)
    network = with_layers(held.network, layers) if layers else held.network
    for weight in network.embeddings.parameters():
        weight.requires_grad_(False)
    made = CrossNetwork(network)
    with torch.no_grad():
        made.head.weight.normal_(0.0, 0.02, generator=torch.Generator().manual_seed(seed))
        made.head.bias.zero_()
    return made, held.tokenizer.to_str()


def graph_of(network: CrossNetwork) -> bytes:
    """The network as ONNX: `ids` and `side` (pairs, pieces) to `score` (pairs, 1)."""
    return onnx_of(network, {"ids": 2, "side": 2}, "score")


def stacked(pairs: Sequence[tuple[Ids, Ids]]) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs as ids, side and mask (pairs, longest), padded at the right."""
    width = max(len(ids) for ids, _ in pairs)
    both: NDArray[np.int64] = np.zeros((3, len(pairs), width), dtype=np.int64)
    for at, (ids, side) in enumerate(pairs):
        both[0, at, : len(ids)], both[1, at, : len(ids)], both[2, at, : len(ids)] = ids, side, 1
    return torch.from_numpy(both[0]), torch.from_numpy(both[1]), torch.from_numpy(both[2])
