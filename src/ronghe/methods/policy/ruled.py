"""A policy under rules: hides never show, pins stand on their place, boosts lift, buried items come last."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates, joined
from ronghe.core.queries import Queries
from ronghe.core.roles import Policy
from ronghe.core.slates import Slates
from ronghe.kernels.pairs import among
from ronghe.kernels.segments import segment_of
from ronghe.methods.policy.mmr import scaled
from ronghe.methods.policy.pins import Pins, pinned_in, pins_of
from ronghe.methods.policy.rules import BoundRules

Mask = NDArray[np.bool_]
FLOOR = 0.1  # relevance of the least candidate: a boost can lift it too
BEFORE = "rule:before"  # the score before boosts, while the policy chooses


@dataclass(frozen=True, eq=False)
class Ruled:
    """policy: chooses among what the rules leave it. Slates keep the rankers' scores; evidence "rule:NAME" names each
    rule that touched a row: the place of a pin, the weight of a boost, 0 of a bury.

    A pin stands exactly on its place when its item is available, allowed by the question's facets, not hidden, neither
    looked at nor in the basket, and the slate is long enough. A boost multiplies relevance: the score scaled from FLOOR at the
    least candidate to 1 at the best. What is buried is shown only when nothing else is left. Odds are those of the policy.
    """

    rules: BoundRules
    policy: Policy

    @property
    def needs(self) -> tuple[str, ...]:
        """What the policy needs."""
        return self.policy.needs

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """At most k a query."""
        candidates = candidates.where(self.rules.keep(queries, candidates)) if self.rules.of_kind("hide") else candidates
        pins = pins_of(self.rules, queries, k)
        once = bool(getattr(self.policy, "variants_once", False))
        pinned, free = pinned_in(pins, candidates, queries, once, self.rules)
        chosen = self._chosen(queries, self._boosted(queries, free), k, rng)
        return placed(pins, pinned, chosen, k)

    def _chosen(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        buried = self.rules.about("bury", queries, candidates)
        if not buried.any():
            return self.policy.choose(queries, candidates, k, rng)
        for bound, rows in zip(self.rules.of_kind("bury"), buried, strict=True):
            candidates = touched(candidates, bound.rule.name, np.where(rows, 0.0, np.nan))
        last: Mask = np.logical_or.reduce(buried)
        first, then = (self.policy.choose(queries, candidates.where(rows), k, rng) for rows in (~last, last))
        return behind(first, then, k)

    def _boosted(self, queries: Queries, candidates: Candidates) -> Candidates:
        about = self.rules.about("boost", queries, candidates)
        candidates = candidates.scored(candidates.score, by=BEFORE)
        if not about.any():
            return candidates
        factor = np.ones(len(candidates.item))
        for bound, rows in zip(self.rules.of_kind("boost"), about, strict=True):
            factor = np.where(rows, factor * bound.rule.weight, factor)
            candidates = touched(candidates, bound.rule.name, np.where(rows, bound.rule.weight, np.nan))
        changed = np.zeros(len(candidates), dtype=bool)
        changed[candidates.query[about.any(axis=0)]] = True
        relevance = (FLOOR + (1 - FLOOR) * scaled(candidates)) * factor
        return candidates.scored(np.where(changed[candidates.query], relevance, candidates.score))


def ruled(rules: BoundRules, policy: Policy) -> Policy:
    """`policy` under these rules; itself when there is none."""
    return Ruled(rules, policy) if rules.rules else policy


def touched(candidates: Candidates, rule: str, value: NDArray[np.float64]) -> Candidates:
    """The candidates with what a rule did to each row as evidence, when it did anything."""
    if np.isnan(value).all():
        return candidates
    return replace(candidates, evidence={**candidates.evidence, f"rule:{rule}": value.astype(np.float32)})


def behind(first: Slates, then: Slates, k: int) -> Slates:
    """The rows of `first`, then those of `then`, at most k a query."""
    rows = joined(first.shown, then.shown)
    query = np.concatenate([first.shown.query, then.shown.query])
    odds = np.concatenate([first.propensity, then.propensity])[np.argsort(query, kind="stable")]
    keep = rows.place < k
    return Slates(rows.where(keep), odds[keep])


def placed(pins: Pins, pinned: Candidates, chosen: Slates, k: int) -> Slates:
    """Pinned rows on their places, the chosen ones in the places between, at most k a query, scores as before the boosts."""
    shown = chosen.shown
    shown = replace(
        shown.scored(shown.evidence.get(BEFORE, shown.score)), evidence={n: v for n, v in shown.evidence.items() if n != BEFORE}
    )
    if not len(pinned.item):
        return Slates(shown, chosen.propensity)
    taken = among(segment_of(np.arange(len(shown) + 1) * k), np.tile(np.arange(k), len(shown)), pins.query, pins.place, len(shown))
    free = np.argsort(taken.reshape(len(shown), k), axis=1, kind="stable")  # free places of each query, first ones first
    place = np.concatenate([pins.place, free[shown.query, np.minimum(shown.place, k - 1)]])
    query = np.concatenate([pins.query, shown.query])
    side = np.argsort(query, kind="stable")  # the order that `joined` gives
    rows, odds = joined(pinned, shown), np.concatenate([np.ones(len(pins.item), dtype=np.float32), chosen.propensity])[side]
    room = k - np.bincount(pins.query, minlength=len(shown))
    extra = np.concatenate([np.zeros(len(pins.item), dtype=bool), shown.place >= room[shown.query]])[side]
    order = np.lexsort((place[side], extra, rows.query))
    rows, odds = rows.in_order(order, rows.splits), odds[order]
    keep = rows.place < k
    return Slates(rows.where(keep), odds[keep])
