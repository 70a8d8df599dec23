"""The walk of svd-mf: squared error of batches of ratings, by Adam, stopped early (torch)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.kernels.least_squares import Float64, fitted_rows
from ronghe.kernels.segments import keep_rows, segment_of
from ronghe.methods.ratings.folded import Pull, with_one
from ronghe.methods.ratings.stars import Learnt, above_mean

Begin = Callable[[sp.csr_matrix], Float64]  # stars above the mean (shoppers, n) -> bias and vector of each item (n, 1 + f)


@dataclass(frozen=True)
class Course:
    """epochs: times at most that all ratings are walked through · held: share of ratings held out to see when to stop ·
    patience: epochs without a better figure before it stops · batch: ratings a step · pace: Adam's learning rate.
    """

    epochs: int
    held: float
    patience: int
    batch: int
    pace: float


def walked(course: Course, begin: Begin, log: Learnt, mean: float, pull: Pull, compute: Compute) -> Float64:
    """Bias and vector of each item (n, 1 + f): first with some ratings held out, to find the number of epochs after which
    those are best foretold; then with all ratings, for so many epochs.
    """
    above = above_mean(log.stars, mean)
    if len(log.order) < 2:
        return begin(above)
    rng = np.random.default_rng(compute.seed)
    mixed = log.order[rng.permutation(len(log.order))]
    cut = max(1, int(len(mixed) * course.held))
    some = Walk(course, above, mixed[cut:], begin(without(above, mixed[:cut])), pull)
    best, error = 0, some.error(mixed[:cut])
    for epoch in compute.track(range(course.epochs), "svd-mf: when to stop", course.epochs):
        some.epoch(rng)
        now = some.error(mixed[:cut])
        best, error = (epoch + 1, now) if now < error else (best, error)
        if epoch + 1 - best == course.patience:
            break
    whole = Walk(course, above, mixed, begin(above), pull)
    for _ in compute.track(range(best), "svd-mf", best):
        whole.epoch(rng)
    return whole.items()


def without(above: sp.csr_matrix, entries: NDArray[np.int64]) -> sp.csr_matrix:
    """The table without these entries."""
    stays = np.ones(above.nnz, dtype=bool)
    stays[entries] = False
    return sp.csr_matrix((above.data[stays], above.indices[stays], keep_rows(stays, above.indptr)), shape=above.shape)


class Walk:
    """Tables of shoppers and items on their way: column 0 is the bias, the others the vector.

    ratings: the entries of `above` that it walks through, in order of their place; shoppers start where those put them.
    """

    def __init__(self, course: Course, above: sp.csr_matrix, ratings: NDArray[np.int64], start: Float64, pull: Pull) -> None:
        self.batch, self.ratings = course.batch, ratings
        self.row = torch.from_numpy(segment_of(above.indptr))
        self.column = torch.from_numpy(above.indices.astype(np.int64))
        self.above = torch.from_numpy(above.data)
        seen = without(above, np.setdiff1d(np.arange(above.nnz), ratings))
        count = np.diff(seen.indptr), np.bincount(seen.indices, minlength=above.shape[1])
        seen.data = seen.data - start[seen.indices, 0]
        user = fitted_rows(seen, with_one(start[:, 1:]), pull.on(count[0], start.shape[1] - 1))
        self.tables = [torch.from_numpy(side.copy()).requires_grad_() for side in (user, start)]
        holds = [pull.on(each, start.shape[1] - 1) / np.maximum(each, 1)[:, None] for each in count]
        self.hold_user, self.hold_item = (torch.from_numpy(hold) for hold in holds)
        self.adam = torch.optim.Adam(self.tables, lr=course.pace)

    def epoch(self, rng: np.random.Generator) -> None:
        """Walks once through its ratings in random order."""
        mixed = torch.from_numpy(rng.permutation(self.ratings))
        for batch in torch.split(mixed, self.batch):
            self.adam.zero_grad()
            self._loss(batch).backward()  # type: ignore[no-untyped-call]
            self.adam.step()

    def error(self, ratings: NDArray[np.int64]) -> float:
        """Mean squared error on these ratings."""
        with torch.no_grad():
            return float(self._wrong(torch.from_numpy(ratings)).square().mean())

    def items(self) -> Float64:
        """Where the items' table stands."""
        return np.asarray(self.tables[1].detach().numpy())

    def _loss(self, batch: torch.Tensor) -> torch.Tensor:
        user, item = self.tables[0][self.row[batch]], self.tables[1][self.column[batch]]  # (batch, 1 + f)
        held = (self.hold_user[self.row[batch]] * user**2 + self.hold_item[self.column[batch]] * item**2).sum(1)
        return (self._wrong(batch).square() + held).mean()

    def _wrong(self, batch: torch.Tensor) -> torch.Tensor:
        user, item = self.tables[0][self.row[batch]], self.tables[1][self.column[batch]]
        return self.above[batch] - user[:, 0] - item[:, 0] - (user[:, 1:] * item[:, 1:]).sum(1)
