"""What hide rules keep from shoppers: out of lists, out of suggestions, off the page of an item."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ronghe.core.queries import Queries
from ronghe.engine.live import Live
from ronghe.methods.lexical.suggest import Suggestion

Mask = NDArray[np.bool_]
MOST_ASKED = 2_000  # suggestions that are looked at to find some that are not hidden


def visible(live: Live, surface: str, moment: float, text: str = "", anchor: int = -1) -> Mask | None:
    """Items that hiding rules leave on a surface at a moment, of a typed text and an item looked at (items,); None = all."""
    hides = live.bound.of_kind("hide")
    if not hides:
        return None
    one = Queries.of(1, time=np.array([moment]), text=(text.strip(),), surface=(surface,), anchor=np.array([anchor]))
    hidden = [rule.about for rule in hides if rule.active(one)[0]]
    return ~np.logical_or.reduce(hidden) if hidden else None


def suggestions(live: Live, moment: float, text: str, n: int) -> list[Suggestion]:
    """At most n completions of a typed text, without what hiding rules keep out of a search for it."""
    mask, wanted = visible(live, "search", moment, text), n
    found = live.suggester.suggest(text, n)
    if mask is None:
        return list(found)
    while True:
        left = list(_left(found, live, mask))
        if len(left) >= n or len(found) < wanted or wanted >= MOST_ASKED:
            return left[:n]
        wanted *= 4
        found = live.suggester.suggest(text, wanted)


def _left(found: Iterable[Suggestion], live: Live, mask: Mask) -> Iterable[Suggestion]:
    """The suggestions that lead to something: a brand and a category as long as one item of theirs is to be had."""
    catalog = live.catalog
    for one in found:
        if one.kind == "item":
            led = mask[catalog.vocabulary.number(one.id)]
        elif one.kind in ("brand", "category"):
            names, number = (catalog.brands, catalog.brand) if one.kind == "brand" else (catalog.categories, catalog.category)
            led = bool((mask & catalog.available & (number == names.number(one.id))).any())
        else:
            led = True
        if led:
            yield one
