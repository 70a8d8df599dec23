"""Facets said in words: "red shoes under 50" is what is red, costs at most 50, and says shoes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.core.restated import restated
from ronghe.core.roles import Compute
from ronghe.methods.understand.phrases import Phrase, found_in, phrase, plain
from ronghe.methods.understand.prices import bounds_of
from ronghe.methods.understand.said import Facet, said_by

REMEMBERED = 256  # texts whose reading is kept at hand
Mask = NDArray[np.bool_]
Understood = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FacetsInWords:
    """Learns FacetsInWordsModel: the brands, colours and categories of the shop, and its prices.

    prices: whether bounds such as "under 50" are understood · brands, colours, categories: whether a name of one narrows the
    search to items that have it or say it in their title.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    prices: bool = True
    brands: bool = True
    colours: bool = True
    categories: bool = False

    def fit(self, data: Dataset, compute: Compute) -> "FacetsInWordsModel":
        """What the items of the catalogue say."""
        nothing = np.zeros(0, dtype=np.int64)
        empty = FacetsInWordsModel(self, (), (), nothing, nothing, data.catalog.price, np.zeros(0, dtype=np.uint64))
        return empty.with_catalog(data.catalog, np.arange(len(data.catalog)))

    def names(self, facet: Facet) -> bool:
        """Whether values of this facet are understood."""
        return {"brand": self.brands, "colour": self.colours, "category": self.categories}[facet]


@dataclass(frozen=True, eq=False)
class FacetsInWordsModel:
    """facet, name (values,): what can be said · value, item (rows,): who has it · price (items,), NaN unknown ·
    digest (items,) of what each item says.
    """

    learner: FacetsInWords
    facet: tuple[str, ...]
    name: tuple[str, ...]
    value: NDArray[np.int64]
    item: NDArray[np.int64]
    price: NDArray[np.float64]
    digest: NDArray[np.uint64]

    narrows: ClassVar[bool] = True  # its `allowed` is a guess: where nothing is left, the question is asked without

    def rewrite(self, queries: Queries) -> Queries:
        """The queries narrowed to what their texts say; a price leaves the text, names stay in it."""
        read = [self._read(text) if text else None for text in queries.text]
        old = zip(queries.text, queries.allowed, queries.understood, strict=True)
        rows = [(t, a, u) if r is None else (r[0], _both(a, r[1]), (*u, *r[2])) for (t, a, u), r in zip(old, read, strict=True)]
        text, allowed, understood = zip(*rows, strict=True) if rows else ((), (), ())
        return queries.replace(text=text, allowed=allowed, understood=understood)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "FacetsInWordsModel":
        """This model with what the `changed` items say now."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self._at(catalog.price)
        rows = [(item, (facet, name)) for item, facet, name in said_by(catalog, other) if self.learner.names(facet)]
        known = dict.fromkeys(zip(self.facet, self.name, strict=True))
        number = {one: at for at, one in enumerate(dict.fromkeys([*known, *(one for _, one in rows)]))}
        kept = ~np.isin(self.item, other)
        value = np.concatenate([self.value[kept], np.array([number[one] for _, one in rows], dtype=np.int64)])
        item = np.concatenate([self.item[kept], np.array([row for row, _ in rows], dtype=np.int64)])
        facet, name = tuple(facet for facet, _ in number), tuple(name for _, name in number)
        grown = FacetsInWordsModel(self.learner, facet, name, value, item, catalog.price, digest)
        return grown._with_titles(catalog, other)

    def _at(self, price: NDArray[np.float64]) -> "FacetsInWordsModel":
        """This model at other prices."""
        new = replace(self, price=price)
        if "_known" in self.__dict__:
            new.__dict__["_known"] = self._known
        return new

    def _with_titles(self, catalog: Catalog, items: NDArray[np.int64]) -> "FacetsInWordsModel":
        """This model where an item whose title names a value has it too."""
        gone = catalog.table["deleted"]
        pairs = [(at, row) for row in items.tolist() if not gone[row] for at in found_in(phrase(catalog.title[row]), self._known)]
        both = np.array([*zip(self.value.tolist(), self.item.tolist(), strict=True), *pairs], dtype=np.int64).reshape(-1, 2)
        distinct = np.unique(both, axis=0)
        return replace(self, value=distinct[:, 0].copy(), item=distinct[:, 1].copy())

    @cached_property
    def _known(self) -> dict[Phrase, int]:
        """Phrase -> the value it names; where two facets have the same name, the first one said."""
        known: dict[Phrase, int] = {}
        for at, (facet, name) in enumerate(zip(self.facet, self.name, strict=True)):
            for said in _names_of(facet, name):
                known.setdefault(said, at)
        known.pop((), None)
        return known

    @cached_property
    def _read(self) -> "Callable[[str], tuple[str, Mask, Understood] | None]":
        return lru_cache(maxsize=REMEMBERED)(self._reading)

    def _reading(self, text: str) -> tuple[str, Mask, Understood] | None:
        """The text without prices, the items it narrows the search to, and what was understood; None where nothing was."""
        masks, understood, rest = [], [], text
        bounds = bounds_of(plain(text))
        if self.learner.prices and bounds.text and (bounds.low is not None or bounds.high is not None):
            rest = bounds.text
            for name, bound, fits in (("price_min", bounds.low, np.greater_equal), ("price_max", bounds.high, np.less_equal)):
                if bound is not None:
                    masks.append(fits(self.price, bound))
                    understood.append((name, f"{bound:g}"))
        for at in dict.fromkeys(found_in(phrase(rest), self._known)):
            masks.append(self._having(at))
            understood.append((self.facet[at], self.name[at]))
        left: Mask = np.logical_and.reduce(masks) if masks else np.zeros(0, dtype=bool)
        return (rest, left, tuple(understood)) if left.any() else None

    def _having(self, value: int) -> Mask:
        low, high = np.searchsorted(self.value, [value, value + 1])
        mask = np.zeros(len(self.price), dtype=bool)
        mask[self.item[low:high]] = True
        return mask


def _names_of(facet: str, name: str) -> Iterator[Phrase]:
    from ronghe.methods.understand.colours import COLOURS

    for said in COLOURS.get(name, (name,)) if facet == "colour" else (name,):
        yield phrase(said)


def _both(a: Mask | None, b: Mask) -> Mask:
    """Where both hold; items beyond the shorter one's length are not allowed."""
    if a is None:
        return b
    short = min(len(a), len(b))
    return a[:short] & b[:short]
