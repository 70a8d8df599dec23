"""Growing trees: what LightGBM is told for each goal."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.roles import Compute
from ronghe.methods.ranking.features import feature_matrix
from ronghe.methods.ranking.labels import Graded

if TYPE_CHECKING:
    import lightgbm

    from ronghe.methods.ranking.boosted import Boosted

DEEPEST = 7  # questions a tree may ask in a row: bounds the time of a row
PATIENCE = 30  # trees without a better validation before growing stops
LEAST = 40  # validation queries below which there is no early stopping


def grown(
    learner: "Boosted", goal: str, names: Sequence[str], candidates: Candidates, train: Graded, valid: Graded | None,
    compute: Compute,
) -> str:  # fmt: skip
    """The trees as text. goal: "order" of a query's rows, "grade" or "seen" of each row (both as a logarithm)."""
    import lightgbm

    def rows(part: Graded, like: "lightgbm.Dataset | None" = None) -> "lightgbm.Dataset":
        matrix = feature_matrix(names, candidates.in_order(part.rows, part.splits))
        label = label_of(goal, part)
        return lightgbm.Dataset(
            matrix, label, group=np.diff(part.splits) if goal == "order" else None, reference=like, params=settings
        )

    settings = settings_of(learner, goal, train.gains, len(train.rows), compute)
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


def label_of(goal: str, part: Graded) -> NDArray[Any]:
    """What the trees learn of each row: its grade's number, its gain as a share of the best gain, or whether it was seen."""
    if goal == "order":
        return part.label
    return part.seen.astype(np.float64) if goal == "seen" else part.gains[part.label] / part.gains.max()


def settings_of(learner: "Boosted", goal: str, gains: NDArray[np.float64], rows: int, compute: Compute) -> dict[str, Any]:
    """LightGBM's settings: one seed, rows in one order, so that the same judgements give the same trees.

    Grades are learnt with a logarithmic link (Poisson regression), so that what two models say can be multiplied by adding.
    """
    order = {
        "objective": "lambdarank", "metric": "ndcg", "eval_at": [learner.cutoff], "label_gain": gains.tolist(),
        "lambdarank_truncation_level": learner.cutoff + 10, "lambdarank_norm": False, "bagging_by_query": True,
    }  # fmt: skip
    return {
        **(order if goal == "order" else {"objective": "poisson", "metric": "poisson"}),
        "num_leaves": learner.leaves, "max_depth": DEEPEST, "learning_rate": learner.rate, "lambda_l2": learner.l2,
        "min_data_in_leaf": max(min(learner.rows, rows // 100), 1), "feature_fraction": learner.share,
        "bagging_fraction": learner.share, "bagging_freq": 1, "max_bin": 127,
        "seed": compute.seed, "deterministic": True, "force_row_wise": True, "num_threads": compute.threads,
        "verbosity": -1,
    }  # fmt: skip
