"""Growing trees: what LightGBM is told for each goal."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.roles import Compute
from ronghe.methods.ranking.features import feature_matrix
from ronghe.methods.ranking.labels import Graded

if TYPE_CHECKING:
    import lightgbm

PATIENCE = 30  # trees without a better validation before growing stops
LEAST = 40  # validation queries below which there is no early stopping


def grown(
    trees: int, settings: Mapping[str, Any], goal: str, names: Sequence[str], candidates: Candidates, train: Graded,
    valid: Graded | None, compute: Compute,
) -> str:  # fmt: skip
    """At most so many trees as text, grown by LightGBM as its settings say.

    goal: "order" of a query's rows, "grade" or "seen" of each row (both as a logarithm).
    """
    import lightgbm

    def rows(part: Graded, like: "lightgbm.Dataset | None" = None) -> "lightgbm.Dataset":
        matrix = feature_matrix(names, candidates.in_order(part.rows, part.splits))
        label = label_of(goal, part)
        return lightgbm.Dataset(
            matrix, label, group=np.diff(part.splits) if goal == "order" else None, reference=like, params=dict(settings)
        )

    bar = iter(compute.track(range(trees), "growing trees", trees))
    data = rows(train)
    held = [] if valid is None else [rows(valid, data)]
    calls: list[Callable[[Any], Any]] = [lambda _: next(bar, None)]
    if valid is not None:
        calls.append(lightgbm.early_stopping(PATIENCE, verbose=False))
    booster = lightgbm.train(dict(settings), data, trees, valid_sets=held, callbacks=calls)
    deque(bar, maxlen=0)  # whoever watches sees the end also when growing stopped early
    text: str = booster.model_to_string(num_iteration=booster.best_iteration if valid is not None else None)
    return text


def label_of(goal: str, part: Graded) -> NDArray[Any]:
    """What the trees learn of each row: its grade's number, its gain as a share of the best gain, or whether it was seen."""
    if goal == "order":
        return part.label
    return part.seen.astype(np.float64) if goal == "seen" else part.gains[part.label] / part.gains.max()
