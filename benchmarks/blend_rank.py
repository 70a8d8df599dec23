"""Order among the best of graph-blend, learnt from what was held out: boosted trees over what each part says of each candidate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.blend_parts import Parts
from ronghe.core.candidates import Candidates
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.wanted import Wanted
from ronghe.kernels.segments import splits_of
from ronghe.methods.collaborative.graph_blend import GraphBlend

Float32 = NDArray[np.float32]
DEPTH, BATCH = 100, 250  # candidates of a user; users at one time
TAUGHT, ASKED = 8000, 1500  # users that trees learn from, and others who say whether trees are of use
TREES = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 200, "num_threads": 1, "verbose": -1}
ROUNDS = 200
BESIDE = 0.5  # weight of what near users like when candidates are drawn, in lengths of the blend's score
K = 20


@dataclass(frozen=True, eq=False)
class Drawn:
    """The best DEPTH items of each user by the blend: item (users, DEPTH), best first · columns (users * DEPTH, f)."""

    item: NDArray[np.int64]
    columns: Float32


@dataclass(frozen=True)
class Trees:
    """text: the trees; "" = the blend's own order is kept · what the users say who were not taught from: NDCG without and with."""

    text: str
    plain: float
    ranked: float

    def order(self, drawn: Drawn, k: int) -> tuple[NDArray[np.int64], Float32]:
        """Items and scores of the k best of each user, best first (users, k) each."""
        score = drawn.columns[:, 0]
        if self.text:
            import lightgbm

            score = lightgbm.Booster(model_str=self.text).predict(drawn.columns, num_threads=1).astype(np.float32)
        score = score.reshape(drawn.item.shape)
        best = np.argsort(-score, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(drawn.item, best, axis=1), np.take_along_axis(score, best, axis=1)


def taught(parts: Parts, learner: GraphBlend, held: sp.csr_matrix, seed: int) -> Trees:
    """Trees taught by users who have something held out, and used only when other such users are served better."""
    import lightgbm

    users = np.random.default_rng(seed + 2).permutation(np.flatnonzero(np.diff(held.indptr)))
    asked = np.sort(users[: min(ASKED, len(users) // 5)])
    learn = np.sort(users[len(asked) : len(asked) + TAUGHT])
    rows = _together([drawn(parts, learner, some) for some in batches(learn)])
    hit = np.concatenate([_hits(held, user, items) for user, items in zip(learn, rows.item, strict=True)])
    data = lightgbm.Dataset(rows.columns, hit.astype(np.int32))
    trees = lightgbm.train({**TREES, "seed": seed, "deterministic": True}, data, ROUNDS)
    others = _together([drawn(parts, learner, some) for some in batches(asked)])
    plain = _ndcg(others.item[:, :K], held, asked)
    ranked = _ndcg(Trees(trees.model_to_string(), 0, 0).order(others, K)[0], held, asked)
    return Trees(trees.model_to_string() if ranked > plain else "", plain, ranked)


def ranked(parts: Parts, learner: GraphBlend, trees: Trees, k: int) -> Candidates:
    """The k best items of each user that the user does not have yet."""
    found = [trees.order(drawn(parts, learner, users), k) for users in batches(np.arange(parts.table.shape[0]))]
    item, score = (np.concatenate([one[at] for one in found]) for at in range(2))
    return Candidates.of(splits_of(np.full(len(item), item.shape[1])), item.ravel(), score.ravel())


def batches(users: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The users, so many at one time."""
    return (users[at : at + BATCH] for at in range(0, len(users), BATCH))


def drawn(parts: Parts, learner: GraphBlend, users: NDArray[Any]) -> Drawn:
    """The candidates of these users, and of each: scores and places by every part, how it stands to the best, how well it sells."""
    liked = parts.table[users]
    said = parts.say(liked)
    blend = said[0] + np.float32(learner.near) * said[1] + np.float32(learner.low) * said[2]
    near = parts.people(liked)
    total = blend + near * np.float32(BESIDE * _length(blend) / _length(near))
    total[np.repeat(np.arange(len(users)), np.diff(liked.indptr)), liked.indices] = -np.inf
    depth = min(DEPTH, total.shape[1] - 1)
    some = np.argpartition(-total, depth, axis=1)[:, :depth]
    item = np.take_along_axis(some, np.argsort(-np.take_along_axis(total, some, axis=1), axis=1, kind="stable"), axis=1)
    score = [np.take_along_axis(one, item, axis=1) for one in (total, *said, near)]
    return Drawn(item, _columns(parts, liked, item, score))


def _columns(parts: Parts, liked: sp.csr_matrix, item: NDArray[np.int64], score: list[Float32]) -> Float32:
    count = np.maximum(np.diff(liked.indptr), 1)[:, None].astype(np.float32)
    sold = np.maximum(np.diff(parts.across.indptr), 1)[item].astype(np.float32)
    best = np.maximum(score[0][:, :1], np.float32(1e-9))
    place = [np.argsort(np.argsort(-one, axis=1, kind="stable"), axis=1) for one in score]
    wide = np.broadcast_to(count, item.shape)
    every = [*score, score[0] / np.sqrt(count), score[0] / best, *place, sold, wide, score[0] / sold ** np.float32(0.3)]
    return np.stack(every, axis=-1).reshape(-1, len(every)).astype(np.float32)


def _length(score: Float32) -> float:
    return float(np.sqrt(np.square(score, dtype=np.float64).sum(axis=1).mean())) or 1.0


def _together(parts: list[Drawn]) -> Drawn:
    return Drawn(np.concatenate([part.item for part in parts]), np.concatenate([part.columns for part in parts]))


def _hits(held: sp.csr_matrix, user: int, items: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.isin(items, held.indices[held.indptr[user] : held.indptr[user + 1]])


def _ndcg(items: NDArray[np.int64], held: sp.csr_matrix, users: NDArray[Any]) -> float:
    found = Candidates.of(splits_of(np.full(len(items), items.shape[1])), items.ravel(), np.zeros(items.size))
    wanted = Wanted.of_lists([held.indices[held.indptr[user] : held.indptr[user + 1]].tolist() for user in users])
    return float(np.nanmean(measure(found, wanted, (f"ndcg@{K}",))[f"ndcg@{K}"]))
