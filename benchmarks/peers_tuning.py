"""A system of the peers' table: what fits it, among which settings, and the choice among them by equal processor time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from benchmarks.complete_journey import Part
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries

Settings = dict[str, Any]
DEPTH = 100  # candidates asked of every system

# A fitted system: queries of known shoppers, k -> candidates.
Answer = Callable[[Queries, int], Candidates]


@dataclass(frozen=True)
class Fitted:
    """A fitted system and the processor seconds that its fit took."""

    answer: Answer
    seconds: float


@dataclass(frozen=True)
class System:
    """fit(part, settings, seed) on what the part knows · grid of settings, tried in a shuffled order while time lasts."""

    fit: Callable[[Part, Settings, int], Fitted]
    grid: Mapping[str, tuple[Any, ...]]

    def settings(self, seed: int) -> list[Settings]:
        """Every setting of the grid, shuffled."""
        every = [dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values())]
        return [every[at] for at in np.random.default_rng(seed).permutation(len(every))]


@dataclass(frozen=True)
class Chosen:
    """The best setting on the validation part, and how many were tried."""

    settings: Settings
    score: float
    tried: int


def tuned(system: System, valid: Part, seconds: float, seed: int, score: Callable[[Candidates, Part], float]) -> Chosen:
    """The setting of highest score among those that `seconds` of fitting and answering allowed; at least one."""
    left, best, tried = seconds, Chosen({}, -1.0, 0), 0
    for settings in system.settings(seed):
        if tried and left <= 0:
            break
        fitted = system.fit(valid, settings, seed)
        start = time.process_time()
        value = score(fitted.answer(valid.queries, DEPTH), valid)
        left -= fitted.seconds + time.process_time() - start
        tried += 1
        best = max(best, Chosen(settings, value, tried), key=lambda chosen: chosen.score)
    return Chosen(best.settings, best.score, tried)


def timed(fit: Callable[[], Answer]) -> Fitted:
    """What `fit` gives, and its processor seconds in this process."""
    start = time.process_time()
    answer = fit()
    return Fitted(answer, time.process_time() - start)
