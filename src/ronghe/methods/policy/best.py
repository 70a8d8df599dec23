"""Shows the best first."""

from dataclasses import dataclass

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Slates
from ronghe.methods.policy.variants import in_score_order, one_a_group


@dataclass(frozen=True)
class Best:
    """The k candidates of the highest score, best first. Nothing is left to chance, so every propensity is 1.

    variants_once: show one item of each group of variants, the best.
    """

    variants_once: bool = True

    @property
    def needs(self) -> tuple[str, ...]:
        """The groups, when variants are shown once."""
        return ("item:group",) if self.variants_once else ()

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """At most k a query, best first."""
        ranked = in_score_order(candidates)
        ranked = one_a_group(ranked) if self.variants_once else ranked
        shown = ranked.where(ranked.place < k)
        return Slates(shown, np.ones(len(shown.item), dtype=np.float32))
