"""What heads and gate learn from, and how long: plain arrays and numbers; torch is asked for only where something is learnt."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Lessons:
    """What is learnt from, items in one order. typed (v, n, p): whitened texts of several lengths · same (n,): items that say
    the same have the same number · seen: by sense, whitened features (1 + copies, rows, p) · row: by sense, the row of each
    item (n,), -1 = none · across: by head, where it starts; "says" and "facts" are read by that of what is typed · events (n,) ·
    pairs (m, 2): items bought together.
    """

    typed: Float32
    same: NDArray[np.int64]
    seen: Mapping[str, Float32]
    row: Mapping[str, NDArray[np.int64]]
    across: Mapping[str, Float32]
    events: NDArray[np.int64]
    pairs: NDArray[np.int64]

    @property
    def senses(self) -> tuple[str, ...]:
        """Their names, in the order of the gate."""
        return tuple(self.row)


@dataclass(frozen=True)
class Course:
    """width: numbers of a file that heads look at · hidden units · epochs at most · batch items a step · rate of the steps · held:
    share of the items that say when to stop.
    """

    width: int
    hidden: int
    epochs: int
    batch: int
    rate: float
    held: float


def head_of(sense: str) -> str:
    """The head that reads a sense: texts share the one of what is typed."""
    return "typed" if sense in ("says", "facts") else sense
