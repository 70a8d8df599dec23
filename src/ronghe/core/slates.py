"""What was shown: candidates in display order, the odds of each being shown there, and why."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates


@dataclass(frozen=True, eq=False)
class Slates:
    """shown: candidates in display order · propensity (rows,): probability with which the policy put this item here."""

    shown: Candidates
    propensity: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.shown)


@dataclass(frozen=True)
class Reason:
    """One exact piece of a score, said of items a shopper knows.

    code: what kind of reason, a key of the sentences in funnel/reasons ("bought", "basket", "words", "popular" …) ·
    items: item numbers that the sentence names · words: words it names · weight: its part of the score it explains ·
    part: the evidence it came from ("retrieve:ease").
    """

    code: str
    items: tuple[int, ...]
    words: tuple[str, ...]
    weight: float
    part: str


Reasons = tuple[Reason, ...]
