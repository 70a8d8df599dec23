"""All that a search matches, beyond the best that the funnel ranked: totals, facet counts, sorted lists and far pages."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Also, Queries
from ronghe.core.slates import Slates
from ronghe.engine.asking import Asked
from ronghe.engine.live import Live
from ronghe.engine.request import ALL
from ronghe.engine.variants import Variants
from ronghe.kernels.keyed import picked
from ronghe.kernels.segments import splits_of
from ronghe.methods.policy.pins import pins_of

MOST_MATCHES = 20_000  # matches of a text that totals, facets and far pages know
Items = NDArray[np.int64]


def matches(asked: Asked, live: Live, text: str, also: tuple[Also, ...] = (), light: tuple[str, ...] = ()) -> Items:
    """Items that may be shown and match a typed text; all that may be shown where nothing was typed. Ascending."""
    if text:
        found = [matcher.matches(text, MOST_MATCHES, also, light) for matcher in live.matchers]
        items = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
        items = items[live.catalog.available[items]]
    else:
        items = np.flatnonzero(live.catalog.available)
    return items if asked.visible is None else items[asked.visible[items]]


def left(asked: Asked, items: Items) -> Items:
    """Those of the items that the request's filters leave."""
    return items if asked.allowed is None else items[asked.allowed[items]]


def results(asked: Asked, live: Live, items: Items) -> int:
    """How many results the items are on the asked surface: variants of one thing are one."""
    grouped = live.grouped(asked.surface)
    return len(items) if grouped is None else grouped.count(items)


def narrowed(items: Items, meant: Queries, at: int) -> Items:
    """Those of the items that the facets leave which query `at` says in words."""
    may = meant.allowed[at]
    return items if may is None or not meant.understood[at] else items[picked(may, items)]


def pinned(asked: Asked, live: Live, meant: Queries, at: int, found: Items) -> Items:
    """Items that pins add to those `found`: the list shows them, so it counts them. Ascending."""
    if not live.bound.of_kind("pin"):
        return found[:0]
    pins = pins_of(live.bound, meant.take([at]), ALL)
    fresh = ~np.isin(pins.item, found)
    reach = max(asked.depth, len(found) + int(fresh.sum()))
    return np.unique(pins.item[fresh & (pins.place < reach)])


def sorted_by(sort: str, live: Live, items: Items) -> Items:
    """The items by "price", "-price", "newest" or "popular"; equal ones by number; an unknown price or date last."""
    if sort in ("price", "-price"):
        key = live.catalog.price[items] * (1 if sort == "price" else -1)
    else:
        key = -(live.catalog.created if sort == "newest" else live.popularity)[items]
    return items[np.lexsort((items, key))]


def behind(asked: Asked, live: Live, meant: Queries, at: int, found: Items, ranked: Items) -> Slates:
    """What a far page shows after the `ranked` items: the other items `found`, best match first, else the most popular first."""
    rest, grouped = left(asked, np.setdiff1d(found, ranked)), live.grouped(asked.surface)
    rest = rest if grouped is None else grouped.beside(rest, left(asked, ranked))
    if not meant.text[at]:
        return plain(_once(sorted_by("popular", live, rest), grouped))
    score = np.zeros(len(rest))
    rows, one = Candidates.of(splits_of(np.array([len(rest)])), rest, score), meant.take([at])
    for matcher in live.matchers:
        score = score + np.nan_to_num(matcher.score(one, rows))
    return plain(_once(rest[np.argsort(-score, kind="stable")], grouped))


def _once(items: Items, grouped: Variants | None) -> Items:
    return items if grouped is None else grouped.once(items)


def plain(items: Sequence[int] | Items) -> Slates:
    """Items in this order, for one query, certain to stand where they stand."""
    rows = Candidates.of(splits_of(np.array([len(items)])), np.asarray(items), -np.arange(len(items)))
    return Slates(rows, np.ones(len(items), dtype=np.float32))
