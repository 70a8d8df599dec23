"""The step that fits one part. It imports little, so that few changes of code make it run again."""

from typing import Any

from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute, Learner


def fit_at(data: Dataset, *, learner: Learner, moment: float, compute: Compute) -> Any:
    """The model of a learner that may see what was known before `moment` (epoch seconds); infinite = all there is."""
    return learner.fit(data if moment >= data.as_of else data.as_of_moment(moment), compute)
