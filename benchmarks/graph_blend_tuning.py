"""Settings of graph-blend by what was held out: the parts are fitted apart, so that their weights cost no further fit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.blend_parts import Parts, hop, regression
from benchmarks.held_out import Clock, Lines
from ronghe.compute.local import Local
from ronghe.methods.collaborative.graph_blend import GraphBlend

Float32 = NDArray[np.float32]
K, DEPTH, BATCH, ASKED = 20, 80, 250, 3000
RESERVE = 3.5  # the last fit, the trees and the ranking of all take so many times what one round of the search took
# Rounds of the search: (field, factor or step), tried one after the other from the best so far; a step that helps is repeated.
MOVES = (("l2", "*", 1.6), ("item_damp", "+", -0.1), ("l2", "*", 1 / 1.6), ("shopper_damp", "+", -0.1), ("item_damp", "+", 0.1),
         ("shopper_damp", "+", 0.1))  # fmt: skip
WEIGHTS = np.round(np.arange(0, 2.05, 0.1), 2)  # of the one hop and of the low-pass filter


@dataclass(frozen=True, eq=False)
class Lists:
    """Candidates of each asked user by every part: user, hit (rows,) · value of each part (parts, rows) · wanted (users,)."""

    user: NDArray[np.int64]
    hit: NDArray[np.bool_]
    value: Float32
    wanted: NDArray[np.int64]

    def ndcg(self, weights: NDArray[np.float64]) -> float:
        """NDCG@K of the weighted sum of the parts."""
        score = weights.astype(np.float32) @ self.value
        order = np.lexsort((-score, self.user))
        starts = np.searchsorted(self.user, np.arange(len(self.wanted)))
        place = np.arange(len(order)) - starts[self.user]  # users lie in one piece each, before and after
        gain = self.hit[order] * (place < K) / np.log2(place + 2)
        ideal = np.concatenate([[0], np.cumsum(1 / np.log2(np.arange(K) + 2))])[np.minimum(self.wanted, K)]
        return float((np.bincount(self.user, gain, len(self.wanted)) / ideal).mean())


def tuned_blend(
    kept: Lines, held: Lines, start: GraphBlend, clock: Clock, limit: float, seed: int
) -> tuple[GraphBlend, int, Parts]:
    """The best settings found while the time lasts, how many regressions were fitted for it, and the parts of the best."""
    search = Search(matrix(kept), matrix(held), start, seed)
    began = clock.seconds
    best, top, parts = search.best_of(start)
    tried, longest = 1, clock.seconds - began
    moves = list(MOVES)
    while moves and clock.seconds + longest * (1 + RESERVE) < limit:
        field, how, by = moves.pop(0)
        old = getattr(best, field)
        new = round(old * by, 3) if how == "*" else round(min(max(old + by, 0.0), 1.0), 3)
        if new == old:
            continue
        found, score, fitted = search.best_of(replace(best, **{field: new}))
        tried += 1
        if score > top:
            best, top, parts = found, score, fitted
            moves = [(field, how, by), *[m for m in moves if m[0] != field], *[m for m in moves if m[0] == field and m[2] == by]]
    return best, tried, parts


def matrix(lines: Lines) -> sp.csr_matrix:
    """1 where a user has an item, float32 CSR (users, items)."""
    shape = (len(lines), len(lines.items))
    table = sp.csr_matrix((np.ones(len(lines.item), dtype=np.float32), (lines.user, lines.item)), shape=shape)
    table.data[:] = 1
    return table


class Search:
    """The held-out part and what was fitted so far."""

    def __init__(self, kept: sp.csr_matrix, held: sp.csr_matrix, start: GraphBlend, seed: int) -> None:
        self.held, self.compute = held, Local(seed)
        users = np.flatnonzero(np.diff(held.indptr))
        self.users = np.sort(np.random.default_rng(seed + 1).permutation(users)[:ASKED])
        self.parts = Parts.of(kept, start, self.compute)
        self.fitted = start

    def best_of(self, learner: GraphBlend) -> tuple[GraphBlend, float, Parts]:
        """These settings with the best weights of the parts, their NDCG, and the parts; only what changed is fitted anew."""
        table, old = self.parts.table, self.fitted
        if learner.regression != old.regression:
            self.parts = replace(self.parts, regression=regression(table, learner, self.compute))
        if (learner.shopper_damp, learner.hop_damp) != (old.shopper_damp, old.hop_damp):
            self.parts = replace(self.parts, hop=hop(table, learner, self.compute))
        self.fitted = learner
        lists = self._lists()
        best, top = (0.0, 0.0), lists.ndcg(np.array([1.0, 0, 0]))
        for _ in range(2):  # one weight after the other, twice around
            for which in (0, 1):
                for weight in WEIGHTS:
                    trial = (float(weight), best[1]) if which == 0 else (best[0], float(weight))
                    score = lists.ndcg(np.array([1.0, *trial]))
                    if score > top:
                        best, top = trial, score
        return replace(learner, near=best[0], low=best[1]), top, self.parts

    def _lists(self) -> Lists:
        parts = list(self._batches())
        user, hit, value = (np.concatenate([part[at] for part in parts], axis=-1) for at in range(3))
        return Lists(user, hit, value, np.diff(self.held[self.users].indptr))

    def _batches(self) -> Iterator[tuple[Any, Any, Any]]:
        for at in range(0, len(self.users), BATCH):
            users = self.users[at : at + BATCH]
            liked = self.parts.table[users]
            scores = self.parts.say(liked)
            known = (np.repeat(np.arange(len(users)), np.diff(liked.indptr)), liked.indices)
            scores[:, known[0], known[1]] = -np.inf
            row, column = np.nonzero(_tops(scores))
            truth = self.held[users].toarray() > 0
            yield row + at, truth[row, column], scores[:, row, column]


def _tops(scores: Float32) -> NDArray[np.bool_]:
    """Where some part, or a plain mix of all, has one of its DEPTH best (users, n)."""
    chosen, depth = np.zeros(scores.shape[1:], dtype=bool), min(DEPTH, scores.shape[2] - 1)
    for part in (*scores, scores[0] + np.float32(0.3) * (scores[1] + scores[2])):
        np.put_along_axis(chosen, np.argpartition(-part, depth, axis=1)[:, :depth], True, axis=1)
    return chosen & np.isfinite(scores[0])
