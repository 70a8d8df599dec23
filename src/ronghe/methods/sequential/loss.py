"""Cross-entropy over items: all of them, or those of the batch with some drawn beside, corrected for how likely each was drawn."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy


@dataclass(frozen=True, eq=False)
class Drawn:
    """share: how often each item comes (n,), sums to 1 · negatives: how many are drawn evenly beside what came; 0 = all items."""

    share: NDArray[np.float64]
    negatives: int
    rng: np.random.Generator

    def candidates(self, came: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Distinct columns to tell apart, where each of `came` stands among them, and log odds of each having been drawn."""
        n = len(self.share)
        drawn = self.rng.integers(0, n, self.negatives)
        column, at = np.unique(np.concatenate([came, drawn]), return_inverse=True)
        expected = len(came) * self.share[column] + self.negatives / n
        return column, at[: len(came)], np.log(-np.expm1(-expected)).astype(np.float32)


def lost(out: Tensor, came: Tensor, table: Tensor, drawn: Drawn) -> Tensor:
    """Mean of -log softmax of what came (steps,) by what was foretold (steps, dim) over rows of table (n, dim)."""
    if not 0 < drawn.negatives < len(table) / 2:
        return cross_entropy(out @ table.T, came)
    column, at, odds = drawn.candidates(came.cpu().numpy())
    device = table.device
    logit = out @ torch.nn.functional.embedding(torch.from_numpy(column).to(device), table).T - torch.from_numpy(odds).to(device)
    return cross_entropy(logit, torch.from_numpy(at).to(device))
