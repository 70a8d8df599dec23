"""One tower: texts through a transformer to the mean of what it makes of their tokens; the torch side of onnx_text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.methods.encoders.onnx_text import Track
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Coded:
    """Texts as tokens: ids (texts, tokens), padded at the right · mask (texts, tokens): 1 where a token is."""

    ids: Tensor
    mask: Tensor

    def to(self, device: torch.device) -> "Coded":
        """The same on another device."""
        return Coded(self.ids.to(device), self.mask.to(device))


class Tower(nn.Module):
    """A transformer and the mean of its last layer."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What the network makes of each token (texts, tokens, dim)."""
        out: Tensor = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        return out

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Means over the real tokens (texts, dim); not yet of unit length."""
        weight = mask[:, :, None].to(torch.float32)
        mean: Tensor = (self.hidden(ids, mask).float() * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
        return mean


def coded(tokenizer: Any, texts: Sequence[str], longest: int) -> Coded:
    """The texts as tokens, at most `longest` each, the signs of beginning and end among them."""
    tokenizer.enable_truncation(longest)
    rows = [one.ids for one in tokenizer.encode_batch(list(texts))]
    width = max(map(len, rows), default=0)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)], mask[at, : len(row)] = row, 1
    return Coded(torch.from_numpy(ids), torch.from_numpy(mask))


def unit(vectors: Tensor, width: int = 0) -> Tensor:
    """The first `width` numbers of each vector (0 = all), of unit length."""
    return nn.functional.normalize(vectors[..., : width or None], dim=-1)


def read(checkpoint: Checkpoint, texts: Sequence[str], longest: int = 96, batch: int = 128, track: Track | None = None) -> Float32:
    """Unit vectors (texts, dim) as the network gives them now, dropout off; shortest first, so that little is padded."""
    network = checkpoint.network
    tower, device, was = Tower(network), next(network.parameters()).device, network.training
    found = np.zeros((len(texts), checkpoint.dim), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    network.eval()
    with torch.no_grad():
        starts: Iterable[int] = range(0, len(order), batch)
        for start in track(starts, "reading texts", len(range(0, len(order), batch))) if track is not None else starts:
            rows = order[start : start + batch]
            given = coded(checkpoint.tokenizer, [texts[at] for at in rows], longest).to(device)
            found[rows] = unit(tower(given.ids, given.mask)).cpu().numpy()
    network.train(was)
    return found
