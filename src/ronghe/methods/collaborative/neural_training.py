"""How neural-cf learns: each liked item is foretold from the others of its shopper, among the items of its batch (torch)."""

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.kernels.segments import segment_of

Float32 = NDArray[np.float32]
TOGETHER = 16  # pairs of one shopper that stand side by side


def trained(
    liking: sp.csr_matrix, compute: Compute, *, width: int, epochs: int, batch: int, pace: float, l2: float
) -> dict[str, Float32]:
    """The weights by the names of NeuralCFModel's fields. liking (shoppers, n): every shopper likes two items or more."""
    net = Network(width, liking.shape[1], np.random.default_rng(compute.seed))
    rng = np.random.default_rng(compute.seed + 1)
    user, item = segment_of(liking.indptr), liking.indices.astype(np.int64)
    often = np.log(np.maximum(np.bincount(item, minlength=liking.shape[1]), 1) / max(len(item), 1)).astype(np.float32)
    adam = torch.optim.Adam(net.weights.values(), lr=pace, weight_decay=l2)
    for _ in compute.track(range(epochs), "neural-cf", epochs):
        mixed = in_company(user, rng)
        for at in range(0, len(mixed), batch):
            pairs = mixed[at : at + batch]
            adam.zero_grad()
            net.loss(liking, pairs, user[pairs], item[pairs], often).backward()  # type: ignore[no-untyped-call]
            adam.step()
    return {name: value.detach().numpy() for name, value in net.weights.items()}


def in_company(user: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """All pairs in random order, but up to TOGETHER of a shopper side by side: their history is summed once for all of them."""
    mixed = rng.permutation(len(user))
    mixed = mixed[np.argsort(user[mixed], kind="stable")]
    owner = user[mixed]
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    first = place % TOGETHER == 0
    group = np.cumsum(first) - 1
    return mixed[np.argsort(rng.permutation(int(first.sum()))[group], kind="stable")]


class Network:
    """Weights on their way, and the loss of a batch."""

    def __init__(self, width: int, items: int, rng: np.random.Generator) -> None:
        shapes = {"liked": (items, width), "item": (items, width), "bias": (items,), "first": (width, width),
                  "first_bias": (width,), "turn": (width, width), "out": (width,)}  # fmt: skip
        plain = ("bias", "first_bias")
        start = {name: rng.normal(0, 0.0 if name in plain else width**-0.5, shape) for name, shape in shapes.items()}
        self.weights = {name: torch.from_numpy(value.astype(np.float32)).requires_grad_() for name, value in start.items()}

    def loss(
        self, liking: sp.csr_matrix, pairs: NDArray[np.int64], user: NDArray[np.int64], item: NDArray[np.int64], often: Float32
    ) -> torch.Tensor:
        """Mean cross entropy of each pair's item among those of the batch that its shopper does not like.

        pairs: positions in liking's entries, of these users and items · often (n,): log share of each item.
        """
        who, back = np.unique(user, return_inverse=True)
        rows, own = liking[who], torch.arange(len(item))
        known = torch.from_numpy(np.asarray((rows[:, item] > 0).toarray())[back])
        known[own, own] = False
        shopper = self.others(rows, back, item, liking.data[pairs])
        expected = self.expected(shopper, torch.from_numpy(item)) - torch.from_numpy(often[item])
        return torch.nn.functional.cross_entropy(expected.masked_fill(known, -torch.inf), own)

    def others(self, rows: sp.csr_matrix, row: NDArray[np.int64], item: NDArray[np.int64], weight: Float32) -> torch.Tensor:
        """The mean vector of what each pair's shopper likes apart from its own item (batch, width).

        rows: what the shoppers of the batch like · row, item, weight: of each pair.
        """
        liked = self.weights["liked"]
        each = liked[torch.from_numpy(rows.indices.astype(np.int64))] * torch.from_numpy(rows.data)[:, None]
        summed = torch.zeros(rows.shape[0], liked.shape[1]).index_add(0, torch.from_numpy(segment_of(rows.indptr)), each)
        rest = np.asarray(rows.sum(axis=1), dtype=np.float32).ravel()[row] - weight
        share = torch.from_numpy(np.maximum(rest, 1e-6).astype(np.float32))[:, None]
        own = liked[torch.from_numpy(item)] * torch.from_numpy(weight)[:, None]
        return (summed[torch.from_numpy(row)] - own) / share

    def expected(self, shopper: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        """Every shopper with every item (batch, batch)."""
        w = self.weights
        seen = torch.tanh(shopper @ w["first"] + w["first_bias"]) @ w["turn"]  # (batch, width)
        both = torch.relu(seen[:, None, :] + w["item"][item][None, :, :])  # (batch, batch, width)
        return both @ w["out"] + w["bias"][item]
