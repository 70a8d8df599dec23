"""The steps that fit one part. They import little, so that few changes of code make them run again."""

from collections.abc import Mapping
from typing import Any

from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute, Learner


def fit_at(data: Dataset, *, learner: Learner, moment: float, compute: Compute) -> Any:
    """The model of a learner that may see what was known before `moment` (epoch seconds); infinite = all there is."""
    return learner.fit(data if moment >= data.as_of else data.as_of_moment(moment), compute)


def fit_graded(data: Dataset, graded: Mapping[str, Any], *, learner: Any, name: str, compute: Compute) -> Any:
    """The model of a learner that also learns from grades: of each query, item number -> grade."""
    return learner.fit(data, compute, graded[name].of)


def unjudged(*, learner: Any) -> Any:
    """The ranker that a learner gives where nothing was judged."""
    return learner.unjudged()
