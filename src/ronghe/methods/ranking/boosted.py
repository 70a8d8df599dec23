"""Gradient-boosted trees that learn to order (LambdaMART, Burges 2010, MSR-TR-2010-82), grown by LightGBM."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reason, Reasons
from ronghe.methods.ranking.features import feature_matrix, feature_names, part_of
from ronghe.methods.ranking.growing import LEAST, grown
from ronghe.methods.ranking.labels import Graded, graded, latest

if TYPE_CHECKING:
    import lightgbm

DEEPEST = 7  # questions a tree may ask in a row: bounds the time of a row


@dataclass(frozen=True)
class Boosted:
    """Learns BoostedModel.

    trees: at most; growing stops earlier when the latest queries are not ordered better · leaves of a tree · rate: how
    much each tree moves the score · rows: fewest rows in a leaf, but never more than a hundredth of all · l2: drawn
    towards 0 · share of features and of rows each tree sees · validation: share of the queries, the latest, that growing
    is stopped on · cutoff: the places whose order counts · columns: features to use, none named = all numeric ones that
    were looked up · keep: how many of the best fused candidates of a query are ranked, 0 = all (a row costs about 2
    microseconds at 100 trees of 15 leaves) · learns: "order", the order of each query's candidates; "grade", how much each is
    wanted, which a few dozen queries teach better; "seen-grade", how likely somebody looks at it at all, times how much it is
    wanted then: for judgements that cover a part of what is found, where what nobody judged counts as not wanted · judged:
    file in the shop folder with the columns query, item and grade to learn from; "" = what shoppers did after they were
    shown things. Without that file the surface keeps the fused order.
    """

    trees: int = 100
    leaves: int = 15
    rate: float = 0.07
    rows: int = 100
    l2: float = 1.0
    share: float = 0.8
    validation: float = 0.15
    cutoff: int = 20
    columns: tuple[str, ...] = ()
    keep: int = 200
    learns: Literal["order", "grade", "seen-grade"] = "order"
    judged: str = ""

    def __post_init__(self) -> None:
        for name, least in {"trees": 1, "leaves": 2, "rows": 1, "cutoff": 1, "keep": 0}.items():
            if getattr(self, name) < least:
                raise BadRecipe(f"{name} is {getattr(self, name)}; right would be {least} or more")
        for name, most in {"rate": 1.0, "share": 1.0, "validation": 0.5}.items():
            if not 0 < getattr(self, name) <= most:
                raise BadRecipe(f"{name} is {getattr(self, name)}; right would be above 0, at most {most}")
        if not 0 <= self.l2 < np.inf:
            raise BadRecipe(f"l2 is {self.l2}; right would be 0 or more")

    def fit(self, judged: Judgements, compute: Compute) -> "BoostedModel":
        """The trees. NotReady when no query has rows of different gain, so that there is nothing to learn."""
        data = graded(judged)
        names = feature_names(judged.candidates, self.columns)
        late = latest(judged.queries.time[data.query], self.validation)
        train, valid = (data, None) if late.sum() < LEAST else (data.of(~late), data.of(late))

        def trees(goal: str, train: Graded, valid: Graded | None) -> str:
            told = self.told(goal, train.gains, len(train.rows), compute)
            return grown(self.trees, told, goal, names, judged.candidates, train, valid, compute)

        if self.learns != "seen-grade" or data.seen.all():
            return BoostedModel(trees("order" if self.learns == "order" else "grade", train, valid), names)
        seen = trees("seen", train, valid)
        return BoostedModel(trees("grade", train.of_seen(), valid and valid.of_seen()), names, seen)

    def told(self, goal: str, gains: NDArray[np.float64], rows: int, compute: Compute) -> dict[str, Any]:
        """What LightGBM is told: one seed, rows in one order, so that the same judgements give the same trees.

        Grades are learnt with a logarithmic link (Poisson regression), so that what two models say can be multiplied by adding.
        """
        order = {
            "objective": "lambdarank", "metric": "ndcg", "eval_at": [self.cutoff], "label_gain": gains.tolist(),
            "lambdarank_truncation_level": self.cutoff + 10, "lambdarank_norm": False, "bagging_by_query": True,
        }  # fmt: skip
        return {
            **(order if goal == "order" else {"objective": "poisson", "metric": "poisson"}),
            "num_leaves": self.leaves, "max_depth": DEEPEST, "learning_rate": self.rate, "lambda_l2": self.l2,
            "min_data_in_leaf": max(min(self.rows, rows // 100), 1), "feature_fraction": self.share,
            "bagging_fraction": self.share, "bagging_freq": 1, "max_bin": 127,
            "seed": compute.seed, "deterministic": True, "force_row_wise": True, "num_threads": compute.threads,
            "verbosity": -1,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class BoostedModel:
    """trees: LightGBM's text · features: the columns of its matrix, by name · seen: text of the trees that say how likely a
    candidate is looked at, "" = all are. Scores of both are logarithms, so their sum is that of the product.
    """

    trees: str
    features: tuple[str, ...]
    seen: str = ""

    @cached_property
    def boosters(self) -> "tuple[lightgbm.Booster, ...]":
        """The trees, read."""
        import lightgbm

        return tuple(lightgbm.Booster(model_str=text) for text in (self.trees, self.seen) if text)

    @cached_property
    def used(self) -> frozenset[str]:
        """The features that some tree asks for."""
        splits = np.sum([booster.feature_importance("split") for booster in self.boosters], axis=0)
        return frozenset(name for name, count in zip(self.features, splits, strict=True) if count)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The columns among the features that some tree asks for."""
        evidence = ("retrieve:", "fuse:")
        return tuple(name for name in self.features if name in self.used and not name.startswith(evidence))

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Sum of the trees (rows,)."""
        return self._predicted(candidates).astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each part and column moved the score by: exact Shapley values (Lundberg 2020, doi:10.1038/s42256-019-0138-9)
        plus what all rows start from, summing to the score. code "part", "column" or "start"; part: whose it is.
        """
        shap = self._predicted(shown, pred_contrib=True).reshape(len(shown.item), len(self.features) + 1)
        parts = [*(part_of(name) for name in self.features), "start"]
        names, group = np.unique(parts, return_inverse=True)
        weight = shap @ (group[:, None] == np.arange(len(names)))
        return [reasons_of(names.tolist(), row) for row in weight.tolist()]

    def _predicted(self, candidates: Candidates, **how: Any) -> NDArray[np.float64]:
        if not len(candidates.item):
            return np.zeros(0)
        matrix = feature_matrix(self.features, candidates)
        how = how or {"raw_score": True}
        total: NDArray[np.float64] = np.sum([booster.predict(matrix, num_threads=1, **how) for booster in self.boosters], axis=0)
        return total


def reasons_of(parts: Sequence[str], weights: Sequence[float]) -> Reasons:
    """One reason a part that moved the score, weightiest first."""
    said = [Reason(code_of(part), (), (), weight, part) for part, weight in zip(parts, weights, strict=True) if weight]
    return tuple(sorted(said, key=lambda reason: -abs(reason.weight)))


def code_of(part: str) -> str:
    """ "start" for what all rows start from, "part" for a retriever or the fused score, "column" for a column."""
    return "start" if part == "start" else "part" if part.startswith(("retrieve:", "fuse:")) else "column"
