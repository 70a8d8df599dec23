"""Gradient-boosted trees that learn to order (LambdaMART, Burges 2010, MSR-TR-2010-82), grown by LightGBM."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reason, Reasons
from ronghe.methods.ranking.features import feature_matrix, feature_names, part_of
from ronghe.methods.ranking.labels import Graded, graded, latest

if TYPE_CHECKING:
    import lightgbm

DEEPEST = 7  # questions a tree may ask in a row: bounds the time of a row
PATIENCE = 30  # trees without a better validation before growing stops
LEAST = 40  # validation queries below which there is no early stopping


@dataclass(frozen=True)
class Boosted:
    """Learns BoostedModel.

    trees: at most; growing stops earlier when the latest queries are not ordered better · leaves of a tree · rate: how
    much each tree moves the score · rows: fewest rows in a leaf, but never more than a hundredth of all · l2: drawn
    towards 0 · share of features and of rows each tree sees · validation: share of the queries, the latest, that growing
    is stopped on · cutoff: the places whose order counts · columns: features to use, none named = all numeric ones that
    were looked up · keep: how many of the best fused candidates of a query are ranked, 0 = all (a row costs about 2
    microseconds at 100 trees of 15 leaves).
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
        text = grown(self, names, judged.candidates, train, valid, compute)
        return BoostedModel(text, names)


@dataclass(frozen=True, eq=False)
class BoostedModel:
    """trees: LightGBM's text · features: the columns of its matrix, by name."""

    trees: str
    features: tuple[str, ...]

    @cached_property
    def booster(self) -> "lightgbm.Booster":
        """The trees, read."""
        import lightgbm

        return lightgbm.Booster(model_str=self.trees)

    @cached_property
    def used(self) -> frozenset[str]:
        """The features that some tree asks for."""
        splits = self.booster.feature_importance("split")
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
        return np.asarray(self.booster.predict(matrix, num_threads=1, **how), dtype=np.float64)


def reasons_of(parts: Sequence[str], weights: Sequence[float]) -> Reasons:
    """One reason a part that moved the score, weightiest first."""
    said = [Reason(code_of(part), (), (), weight, part) for part, weight in zip(parts, weights, strict=True) if weight]
    return tuple(sorted(said, key=lambda reason: -abs(reason.weight)))


def code_of(part: str) -> str:
    """ "start" for what all rows start from, "part" for a retriever or the fused score, "column" for a column."""
    return "start" if part == "start" else "part" if part.startswith(("retrieve:", "fuse:")) else "column"


def grown(
    learner: Boosted, names: Sequence[str], candidates: Candidates, train: Graded, valid: Graded | None, compute: Compute
) -> str:
    """The trees as text."""
    import lightgbm

    def rows(part: Graded, like: "lightgbm.Dataset | None" = None) -> "lightgbm.Dataset":
        matrix = feature_matrix(names, candidates.in_order(part.rows, part.splits))
        return lightgbm.Dataset(matrix, part.label, group=np.diff(part.splits), reference=like, params=settings)

    settings = settings_of(learner, train.gains, len(train.rows), compute)
    bar = iter(compute.track(range(learner.trees), "growing trees", learner.trees))
    data = rows(train)
    held = [] if valid is None else [rows(valid, data)]
    calls: list[Callable[[Any], Any]] = [lambda _: next(bar, None)]
    if valid is not None:
        calls.append(lightgbm.early_stopping(PATIENCE, verbose=False))
    booster = lightgbm.train(settings, data, learner.trees, valid_sets=held, callbacks=calls)
    deque(bar, maxlen=0)  # whoever watches sees the end also when growing stopped early
    text: str = booster.model_to_string(num_iteration=booster.best_iteration if valid is not None else None)
    return text


def settings_of(learner: Boosted, gains: NDArray[np.float64], rows: int, compute: Compute) -> dict[str, Any]:
    """LightGBM's settings: one seed, rows in one order, so that the same judgements give the same trees."""
    return {
        "objective": "lambdarank", "metric": "ndcg", "eval_at": [learner.cutoff], "label_gain": gains.tolist(),
        "lambdarank_truncation_level": learner.cutoff + 10, "num_leaves": learner.leaves,
        "max_depth": DEEPEST, "learning_rate": learner.rate, "lambda_l2": learner.l2, "lambdarank_norm": False,
        "min_data_in_leaf": max(min(learner.rows, rows // 100), 1), "feature_fraction": learner.share,
        "bagging_fraction": learner.share, "bagging_freq": 1, "bagging_by_query": True, "max_bin": 127,
        "seed": compute.seed, "deterministic": True, "force_row_wise": True, "num_threads": compute.threads,
        "verbosity": -1,
    }  # fmt: skip
