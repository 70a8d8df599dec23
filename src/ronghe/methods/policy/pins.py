"""Pins of a batch: which item stands on which place of which query, and the rows they stand as."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates, joined
from ronghe.core.queries import Queries
from ronghe.kernels.pairs import Slots, among
from ronghe.kernels.segments import splits_of
from ronghe.methods.policy.rules import BoundRules

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pins:
    """One row a pin, query by query in order of place: query, item, place from 0, and the rule's name (pins,)."""

    query: Ints
    item: Ints
    place: Ints
    rule: tuple[str, ...]


def pins_of(rules: BoundRules, queries: Queries, k: int) -> Pins:
    """The pins that land: a place goes to the first rule that claims it, an item to its first place."""
    active = [(bound, bound.active(queries)) for bound in rules.of_kind("pin")]
    rows = []
    for query in range(len(queries)):
        at: dict[int, tuple[int, str]] = {}
        for bound, holds in active:
            if holds[query]:
                for place, item in enumerate(bound.item.tolist(), bound.rule.place - 1):
                    taken = place in at or any(item == other for other, _ in at.values())
                    if place < k and not taken and _may(item, query, queries, rules):
                        at[place] = (item, bound.rule.name)
        rows += [(query, item, place, name) for place, (item, name) in sorted(at.items())]
    query_, item_, place_ = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    return Pins(query_, item_, place_, tuple(str(row[3]) for row in rows))


def _may(item: int, query: int, queries: Queries, rules: BoundRules) -> bool:
    allowed = queries.allowed[query]
    basket = queries.basket_item[queries.basket_splits[query] : queries.basket_splits[query + 1]]
    hidden = any(bound.about[item] and bound.active(queries)[query] for bound in rules.of_kind("hide"))
    inside = allowed is None or (item < len(allowed) and bool(allowed[item]))
    return bool(rules.catalog.available[item]) and inside and not hidden and item != queries.anchor[query] and item not in basket


def pinned_in(
    pins: Pins, candidates: Candidates, queries: Queries, variants_once: bool, rules: BoundRules
) -> tuple[Candidates, Candidates]:
    """The rows of the pins, in their order, and the candidates without them (and without their other variants).

    A pin that nobody had found becomes a row of score 0 without other evidence.
    """
    if not len(pins.item):
        return Candidates.none(len(queries)), candidates
    mine = among(candidates.query, candidates.item, pins.query, pins.item, len(queries))
    own = candidates.where(mine)
    found = among(pins.query, pins.item, own.query, own.item, len(queries))
    lost = splits_of(np.bincount(pins.query[~found], minlength=len(queries)))
    rows = joined(own, Candidates.of(lost, pins.item[~found], np.zeros(int((~found).sum()))))
    slots = Slots.of(pins.query, pins.item, rows.item)
    place = np.full(len(slots.key), 0)
    place[slots.slot] = pins.place
    order = np.lexsort((place[slots.find(rows.query, rows.item)], rows.query))
    rows = rows.in_order(order, rows.splits)
    evidence = {f"rule:{name}": _of(pins, name) for name in dict.fromkeys(pins.rule)}
    rows = Candidates(rows.splits, rows.item, rows.score, {**rows.evidence, **evidence}, rows.columns)
    gone = mine | _variants(pins, candidates, queries, rules) if variants_once else mine
    return rows, candidates.where(~gone)


def _of(pins: Pins, name: str) -> NDArray[np.float32]:
    return np.where(np.array(pins.rule) == name, pins.place + 1, np.nan).astype(np.float32)


def _variants(pins: Pins, candidates: Candidates, queries: Queries, rules: BoundRules) -> NDArray[np.bool_]:
    groups = rules.groups
    known = candidates.item < len(groups)
    group = np.where(known, groups[np.where(known, candidates.item, 0)], -1)
    return among(candidates.query, group, pins.query, groups[pins.item], len(queries))
