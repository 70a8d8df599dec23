"""Candidates that the funnel retrieved, with how good each turned out to be: what rankers learn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries


@dataclass(frozen=True, eq=False)
class Judgements:
    """candidates carry evidence and hydrated columns; gain (rows,) is 0 for not wanted, more for wanted more · seen (rows,):
    whether somebody looked at the candidate at all, None = all were; what was not seen has gain 0.
    """

    queries: Queries
    candidates: Candidates
    gain: NDArray[np.float32]
    seen: NDArray[np.bool_] | None = None
