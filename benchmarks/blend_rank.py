"""Order among the best of graph-blend, learnt from what was held out: the engine's ranker over what each part says of each item."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.blend_parts import Parts
from benchmarks.held_out import stacked
from ronghe.core.candidates import Candidates
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.wanted import Wanted
from ronghe.kernels.segments import splits_of
from ronghe.methods.collaborative.graph_blend import GraphBlend
from ronghe.methods.ranking.boosted import Boosted, BoostedModel

Float32 = NDArray[np.float32]
DEPTH, BATCH = 100, 250  # candidates of a user; users at one time
TAUGHT, ASKED = 16_000, 3000  # users that trees learn from at most, and others who say whether trees are of use
TREES = Boosted(trees=300, leaves=15, rate=0.05, rows=200, l2=5.0, share=0.6, cutoff=30, keep=0)
BESIDE = 0.5  # weight of what near users like, and of bspm, when candidates are drawn: in lengths of the blend's score
STRONG = 3  # links of a user's items to a candidate that are summed apart from all others
K = 20


@dataclass(frozen=True)
class Trees:
    """model: None = the blend's own order is kept · what the users say who were not taught from: NDCG without and with."""

    model: BoostedModel | None
    plain: float
    ranked: float

    def order(self, found: Candidates, k: int) -> Candidates:
        """The k best of each user, best first."""
        return (found if self.model is None else found.scored(self.model.score(_nobody(found), found))).top(k)


def taught(parts: Parts, learner: GraphBlend, held: sp.csr_matrix, compute: Compute) -> Trees:
    """Trees taught by users who have something held out, and used only when other such users are served better."""
    users = np.random.default_rng(compute.seed + 2).permutation(np.flatnonzero(np.diff(held.indptr)))
    asked = np.sort(users[: min(ASKED, len(users) // 5)])
    learn = users[len(asked) : len(asked) + TAUGHT]
    rows = stacked([drawn(parts, learner, some) for some in batches(learn)])
    right = np.asarray(held[learn[rows.query], rows.item], dtype=np.float32).ravel()
    model = TREES.fit(Judgements(_nobody(rows), rows, right), compute)
    others = stacked([drawn(parts, learner, some) for some in batches(asked)])
    plain, ranked = (_ndcg(Trees(one, 0, 0).order(others, K), held, asked) for one in (None, model))
    return Trees(model if ranked > plain else None, plain, ranked)


def ranked(parts: Parts, learner: GraphBlend, trees: Trees, k: int) -> Candidates:
    """The k best items of each user that the user does not have yet."""
    return stacked([trees.order(drawn(parts, learner, users), k) for users in batches(np.arange(parts.table.shape[0]))])


def batches(users: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The users, so many at one time."""
    return (users[at : at + BATCH] for at in range(0, len(users), BATCH))


def drawn(parts: Parts, learner: GraphBlend, users: NDArray[Any]) -> Candidates:
    """The DEPTH best items of these users; of each: scores and places by every part, how it stands to the best, how well it sells,
    and which of the user's items lead to it.
    """
    liked = parts.table[users]
    said = parts.say(liked)
    blend = said[0] + np.float32(learner.near) * said[1] + np.float32(learner.low) * said[2]
    others = (parts.people(liked), parts.sharpened(liked))
    total = blend + sum(one * np.float32(BESIDE * _length(blend) / _length(one)) for one in others)
    total[np.repeat(np.arange(len(users)), np.diff(liked.indptr)), liked.indices] = -np.inf
    depth = min(DEPTH, total.shape[1] - 1)
    some = np.argpartition(-total, depth, axis=1)[:, :depth]
    item = np.take_along_axis(some, np.argsort(-np.take_along_axis(total, some, axis=1), axis=1, kind="stable"), axis=1)
    score = [np.take_along_axis(one, item, axis=1) for one in (total, *said, *others)]
    columns = _columns(parts, liked, item, score) | _links(parts, liked, item)
    found = Candidates.of(splits_of(np.full(len(item), depth)), item.ravel(), score[0].ravel())
    return found.with_columns({name: np.asarray(value, dtype=np.float32).ravel() for name, value in columns.items()})


def _columns(parts: Parts, liked: sp.csr_matrix, item: NDArray[np.int64], score: list[Float32]) -> dict[str, Float32]:
    count = np.maximum(np.diff(liked.indptr), 1)[:, None].astype(np.float32)
    sold = np.maximum(np.diff(parts.across.indptr), 1)[item].astype(np.float32)
    best = np.maximum(score[0][:, :1], np.float32(1e-9))
    names = ("all", "regression", "hop", "smooth", "people", "sharpened")
    places = [np.argsort(np.argsort(-one, axis=1, kind="stable"), axis=1) for one in score]
    every = {f"score {name}": one for name, one in zip(names, score, strict=True)}
    every |= {f"place {name}": one for name, one in zip(names, places, strict=True)}
    every |= {"by length": score[0] / np.sqrt(count), "by best": score[0] / best, "by sold": score[0] / sold ** np.float32(0.3)}
    return every | {"sold": sold, "has": np.broadcast_to(count, item.shape)}


def _links(parts: Parts, liked: sp.csr_matrix, item: NDArray[np.int64]) -> dict[str, Float32]:
    """Of each candidate: its strongest link to something the user has, the sum of STRONG of them, and how many there are."""
    found = np.zeros((4, *item.shape), dtype=np.float32)
    for row, candidates in enumerate(item):
        link = parts.regression[liked.indices[liked.indptr[row] : liked.indptr[row + 1]]][:, candidates].toarray()
        if len(link):
            link.sort(axis=0)
            found[:, row] = link[-1], link[-STRONG:].sum(axis=0), (link > 0).sum(axis=0), (link > 0).mean(axis=0)
    return dict(zip(("strongest link", "strong links", "links", "share of links"), found, strict=True))


def _length(score: Float32) -> float:
    return float(np.sqrt(np.square(score, dtype=np.float64).sum(axis=1).mean())) or 1.0


def _nobody(found: Candidates) -> Queries:
    return Queries.of(len(found))


def _ndcg(found: Candidates, held: sp.csr_matrix, users: NDArray[Any]) -> float:
    wanted = Wanted.of_lists([held.indices[held.indptr[user] : held.indptr[user + 1]].tolist() for user in users])
    return float(np.nanmean(measure(found, wanted, (f"ndcg@{K}",))[f"ndcg@{K}"]))
