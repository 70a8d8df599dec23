"""ALS, BPR and item neighbours of the package implicit, on the same table of likings as ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.complete_journey import Part
from benchmarks.peers_tuning import Fitted, Settings, System, timed
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.segments import splits_of
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.bpr import BPR
from ronghe.methods.collaborative.taste import Taste, learnt

FACTORS, SWEEPS, ITEMS, LEAST = 64, 12, 20_000, 2
EPOCHS = (20, 60)
FOREVER = float("inf")
LIVES = (FOREVER, 90.0)
FILLED = -1e30  # scores below this stand for no item


def table(part: Part, half_life: float) -> tuple[Taste, sp.csr_matrix]:
    """The items that every system models, and what each shopper likes of them (users, n)."""
    return learnt(part.train, ITEMS, LEAST, half_life, 1.0)


@dataclass(frozen=True)
class Peer:
    """Shoppers' rows by a fitted model of implicit, as candidates."""

    model: Any
    taste: Taste
    liking: sp.csr_matrix = field(repr=False)

    def __call__(self, queries: Queries, k: int) -> Candidates:
        """The k best items of each query's shopper, bought before or not."""
        most = min(k, self.liking.shape[1])
        items, scores = self.model.recommend(queries.user, self.liking[queries.user], N=most, filter_already_liked_items=False)
        real = (items >= 0) & (scores > FILLED)  # lists that are too short are filled up
        return Candidates.of(splits_of(real.sum(axis=1)), self.taste.items[items[real]], scores[real])


def _als(part: Part, settings: Settings, seed: int) -> Fitted:
    from implicit.als import AlternatingLeastSquares

    given = {name: value for name, value in settings.items() if name != "half_life"}
    model = AlternatingLeastSquares(factors=FACTORS, iterations=SWEEPS, num_threads=1, random_state=seed, **given)
    return _fitted(model, part, settings["half_life"])


def _bpr(part: Part, settings: Settings, seed: int) -> Fitted:
    from implicit.bpr import BayesianPersonalizedRanking

    return _fitted(BayesianPersonalizedRanking(factors=FACTORS, num_threads=1, random_state=seed, **settings), part, FOREVER)


def _item_knn(part: Part, settings: Settings, seed: int) -> Fitted:
    from implicit import nearest_neighbours as near

    kind = {"cosine": near.CosineRecommender, "tfidf": near.TFIDFRecommender, "bm25": near.BM25Recommender}[settings["weighing"]]
    return _fitted(kind(K=settings["neighbours"], num_threads=1), part, settings["half_life"])


def _fitted(model: Any, part: Part, half_life: float) -> Fitted:
    def fit() -> Peer:
        taste, liking = table(part, half_life)
        model.fit(liking, show_progress=False)
        return Peer(model, taste, liking)

    return timed(fit)


SYSTEMS: dict[str, System] = {  # twelve settings each
    "implicit-als": System(_als, {"half_life": LIVES, "alpha": (1.0, 4.0), "regularization": (3.0, 30.0, 100.0)}),
    "implicit-bpr": System(_bpr, {"learning_rate": (0.01, 0.03, 0.1), "regularization": (0.001, 0.01), "iterations": EPOCHS}),
    "implicit-item-knn": System(_item_knn, {"half_life": LIVES, "weighing": ("cosine", "tfidf", "bm25"), "neighbours": (50, 200)}),
}


def round_seconds(part: Part, turns: int = 3) -> list[dict[str, Any]]:
    """Processor seconds of one sweep of ALS over both sides, of one epoch of BPR, by turns: (time of 6 - time of 2) / 4, the best.

    The same matrix, factors and thread; both ALS take three conjugate-gradient steps a row, both BPR as many pairs an epoch.
    """
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking

    _, liking = table(part, FOREVER)

    def theirs(kind: Callable[..., Any]) -> Callable[[int], object]:
        return lambda rounds: kind(factors=FACTORS, iterations=rounds, num_threads=1, random_state=0).fit(
            liking, show_progress=False
        )

    def ours(kind: Callable[..., Any], rounds: str) -> Callable[[int], object]:
        alike = {"factors": FACTORS, "items": ITEMS, "least": LEAST, "half_life": FOREVER, "power": 1.0}
        return lambda count: kind(**alike, **{rounds: count}).fit(part.train, Local(0))

    pairs = {
        "als": (ours(ALS, "sweeps"), theirs(AlternatingLeastSquares)),
        "bpr": (ours(BPR, "epochs"), theirs(BayesianPersonalizedRanking)),
    }
    rows = []
    for name, fits in pairs.items():
        each = [[(_seconds(fit, 6) - _seconds(fit, 2)) / 4 for fit in fits] for _ in range(turns)]
        mine, other = np.min(each, axis=0).tolist()
        rows.append({"a round of": name, "ours": round(mine, 4), "implicit": round(other, 4), "ratio": round(mine / other, 3)})
    return rows


def _seconds(fit: Callable[[int], object], rounds: int) -> float:
    start = time.process_time()
    fit(rounds)
    return time.process_time() - start
