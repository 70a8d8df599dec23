"""What hide rules keep from shoppers: out of lists, out of suggestions, off the page of an item."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.queries import Queries
from ronghe.engine.live import Live
from ronghe.methods.lexical.beginnings import letters
from ronghe.methods.lexical.suggest import Suggester, Suggestion

Mask = NDArray[np.bool_]
MOST_OWN = 3  # of a shopper's own texts that come first
MOST_ASKED = 2_000  # suggestions that are looked at to find some that are not hidden


def visible(live: Live, surface: str, moment: float, text: str = "", anchor: int = -1) -> Mask | None:
    """Items that hiding rules leave on a surface at a moment, of a typed text and an item looked at (items,); None = all."""
    hides = live.bound.of_kind("hide")
    if not hides:
        return None
    one = Queries.of(1, time=np.array([moment]), text=(text.strip(),), surface=(surface,), anchor=np.array([anchor]))
    hidden = [rule.about for rule in hides if rule.active(one)[0]]
    return ~np.logical_or.reduce(hidden) if hidden else None


def suggestions(
    live: Live, moment: float, text: str, n: int, typed: Suggester | None = None, recent: Sequence[str] = ()
) -> list[Suggestion]:
    """At most n completions of a typed text, without what hiding rules keep out of a search for it, and what leads to nothing.

    typed: what shoppers typed · recent: what this one did lately, which comes first, and alone where nothing is typed yet.
    """
    mask, wanted = visible(live, "search", moment, text), n
    start = letters(text)
    own = [Suggestion(one, "recent", one) for one in recent if letters(one).startswith(start) and letters(one) != start]
    own = list(_left(own, live, mask))[: n if not start else MOST_OWN]
    taken = {letters(one.text) for one in own}
    found = live.suggester.suggest(text, n, typed)
    while True:
        left = [one for one in _left(found, live, mask) if letters(one.text) not in taken]
        if len(left) >= n or len(found) < wanted or wanted >= MOST_ASKED:
            return [*own, *left][:n]
        wanted *= 4
        found = live.suggester.suggest(text, wanted, typed)


def _left(found: Iterable[Suggestion], live: Live, mask: Mask | None) -> Iterator[Suggestion]:
    """The suggestions that lead to something: a brand, a category or a text as long as one item of theirs is to be had."""
    catalog = live.catalog
    for one in found:
        if one.kind in ("query", "recent"):
            items = live.leads_to(one.id)
            led = bool(len(items)) if mask is None else bool(mask[items].any())
        elif mask is None:
            led = True
        elif one.kind == "item":
            led = bool(mask[catalog.vocabulary.number(one.id)])
        else:
            names, number = (catalog.brands, catalog.brand) if one.kind == "brand" else (catalog.categories, catalog.category)
            led = bool((mask & catalog.available & (number == names.number(one.id))).any())
        if led:
            yield one
