"""Variants: items of one group are one result, shown as the one of them that fits best, with the others named beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.queries import Queries
from ronghe.core.roles import Policy
from ronghe.core.slates import Slates

Items = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST = 100  # variants that are named of one result


@dataclass(frozen=True, eq=False)
class Variants:
    """The groups of a catalogue."""

    catalog: Catalog

    @cached_property
    def result(self) -> Items:
        """Which result each item belongs to (items,): its group, or itself."""
        group, alone = self.catalog.group, np.arange(len(self.catalog))
        return np.where(group >= 0, group, group.max(initial=-1) + 1 + alone)

    def once(self, items: Items) -> Items:
        """The first item of each result, in the order of `items`."""
        return items[self.firsts(items)]

    def firsts(self, items: Items) -> Items:
        """Where in `items` each result comes first, ascending."""
        return np.sort(np.unique(self.result[items], return_index=True)[1])

    def count(self, items: Items) -> int:
        """How many results the items are."""
        return len(np.unique(self.result[items]))

    def beside(self, items: Items, shown: Items) -> Items:
        """Those of the items that belong to none of the results `shown`."""
        return items[~np.isin(self.result[items], self.result[shown])]

    def of(self, item: int) -> Items:
        """The variants of an item, itself too, by number; none where it stands alone."""
        group = self.catalog.group[item]
        if group < 0:
            return np.zeros(0, dtype=np.int64)
        low, high = np.searchsorted(self._grouped, [group, group + 1])
        return self._order[low:high]

    def named(self, item: int, visible: Mask | None = None, allowed: Mask | None = None) -> tuple[dict[str, Any], ...]:
        """The variants of an item as an answer names them, those that hiding rules leave (`visible`): id, price, whether it can
        be had, its picture, the attributes in which they differ, and whether the request's filters leave it (`allowed`). ()
        where there is but one.
        """
        found = [n for n in self.of(item).tolist() if visible is None or visible[n]][:MOST]
        if len(found) < 2:
            return ()
        rows = self.catalog.table.select("id", "title", "price", "image", "attributes")[found].rows()
        says = differing([orjson.loads(row[4]) if row[4] else {} for row in rows])
        return tuple(
            {"id": name, "title": title, "price": price, "image": image, "available": bool(self.catalog.available[n]), "says": said,
             "fits": allowed is None or bool(allowed[n])}
            for n, (name, title, price, image, _), said in zip(found, rows, says, strict=True)
        )  # fmt: skip

    @cached_property
    def _order(self) -> Items:
        order = np.argsort(self.catalog.group, kind="stable")
        kept: Items = order[~self.catalog.table["deleted"].to_numpy()[order]]
        return kept

    @cached_property
    def _grouped(self) -> Items:
        group: Items = self.catalog.group[self._order]
        return group


@dataclass(frozen=True, eq=False)
class Narrowed:
    """A policy that chooses among what the filters of each request leave, so that a variant that does not fit takes no place.
    allowed: booleans over items a query, None = all.
    """

    policy: Policy
    allowed: tuple[Mask | None, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """As the policy says."""
        return self.policy.needs

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """What the policy chooses of them."""
        keep = np.ones(len(candidates.item), dtype=bool)
        for query, mask in enumerate(self.allowed):
            if mask is not None:
                rows = slice(*candidates.splits[query : query + 2])
                keep[rows] = np.append(mask, False)[np.minimum(candidates.item[rows], len(mask))]
        both = zip(queries.allowed, self.allowed, strict=True)
        return self.policy.choose(queries.replace(allowed=tuple(_both(*pair) for pair in both)), candidates.where(keep), k, rng)


def differing(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what each variant says, the attributes in which some differ."""
    names = dict.fromkeys(name for one in said for name in one)
    apart = [name for name in names if len({orjson.dumps(one.get(name)) for one in said}) > 1]
    return [{name: one[name] for name in apart if name in one} for one in said]


def values_of(named: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Each attribute in which variants differ, and its distinct values, in their order."""
    found: dict[str, dict[str, None]] = {}
    for one in named:
        for name, value in one["says"].items():
            found.setdefault(name, {}).update(dict.fromkeys(map(str, value if isinstance(value, list) else [value])))
    return {name: list(values) for name, values in found.items()}


def _both(a: Mask | None, b: Mask | None) -> Mask | None:
    if a is None or b is None:
        return b if a is None else a
    short = min(len(a), len(b))
    return a[:short] & b[:short]
