"""Facets said in words: "red cotton shirt under 50" is what is red, of cotton, costs at most 50, and says shirt."""

from collections.abc import Callable, Iterator, Mapping
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
from ronghe.methods.understand.attributes import doubtful, phrases_of, said_in_words
from ronghe.methods.understand.phrases import Phrase, found_in, phrase, plain, spans_in
from ronghe.methods.understand.prices import bounds_of
from ronghe.methods.understand.said import said_by

KEPT = ("brand", "colour", "category")  # facets whose names stay in the text as they were typed
REMEMBERED = 256  # texts whose reading is kept at hand
Mask = NDArray[np.bool_]
Understood = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FacetsInWords:
    """Learns FacetsInWordsModel: the brands, colours, categories and attributes of the shop, and its prices.

    prices: whether bounds such as "under 50" are understood · brands, colours, categories, attributes: whether a name of one
    narrows the search to items that have it or say it in their title; a number only with its attribute's name ("size 42").
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    prices: bool = True
    brands: bool = True
    colours: bool = True
    categories: bool = False
    attributes: bool = True

    def fit(self, data: Dataset, compute: Compute) -> "FacetsInWordsModel":
        """What the items of the catalogue say."""
        nothing = np.zeros(0, dtype=np.int64)
        every = np.arange(len(data.catalog))
        named = said_in_words(data.catalog, every) if self.attributes else ()
        empty = FacetsInWordsModel(self, (), (), nothing, nothing, data.catalog.price, np.zeros(0, dtype=np.uint64), named)
        return replace(empty, doubtful=doubtful(data.catalog, every, named)).with_catalog(data.catalog, every)

    def names(self, facet: str) -> bool:
        """Whether values of this facet are understood."""
        return {"brand": self.brands, "colour": self.colours, "category": self.categories}.get(facet, self.attributes)


@dataclass(frozen=True, eq=False)
class FacetsInWordsModel:
    """facet, name (values,): what can be said · value, item (rows,): who has it · price (items,), NaN unknown ·
    digest (items,) of what each item says · named: attributes that are understood · doubtful: name and value of those whose words
    mostly mean something else, so that they need the name of the attribute.
    """

    learner: FacetsInWords
    facet: tuple[str, ...]
    name: tuple[str, ...]
    value: NDArray[np.int64]
    item: NDArray[np.int64]
    price: NDArray[np.float64]
    digest: NDArray[np.uint64]
    named: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()

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
        rows = [
            (item, (facet, name))
            for item, facet, name in said_by(catalog, other, frozenset(self.named))
            if self.learner.names(facet)
        ]
        known = dict.fromkeys(zip(self.facet, self.name, strict=True))
        number = {one: at for at, one in enumerate(dict.fromkeys([*known, *(one for _, one in rows)]))}
        kept = ~np.isin(self.item, other)
        value = np.concatenate([self.value[kept], np.array([number[one] for _, one in rows], dtype=np.int64)])
        item = np.concatenate([self.item[kept], np.array([row for row, _ in rows], dtype=np.int64)])
        facet, name = tuple(facet for facet, _ in number), tuple(name for _, name in number)
        grown = FacetsInWordsModel(self.learner, facet, name, value, item, catalog.price, digest, self.named, self.doubtful)
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
        """Phrase -> the value it names; where several facets have it, the first one said."""
        return {said: values[0] for said, values in self._named.items()}

    @cached_property
    def _named(self) -> dict[Phrase, list[int]]:
        """Phrase -> the values it may name."""
        named: dict[Phrase, list[int]] = {}
        doubtful = frozenset(self.doubtful)
        for at, (facet, name) in enumerate(zip(self.facet, self.name, strict=True)):
            for said in dict.fromkeys(_names_of(facet, name, alone=(facet, name) not in doubtful)):
                named.setdefault(said, []).append(at)
        named.pop((), None)
        return named

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
        found = {at: plain(rest)[start:end] for start, end, at in spans_in(plain(rest), self._known)}
        for at, said in found.items():
            masks.append(np.logical_or.reduce([self._having(one) for one in self._named[phrase(said)]]))
            understood.append((self.facet[at], self.name[at]))
        rest = self._in_the_shops_words(rest, found)
        left: Mask = np.logical_and.reduce(masks) if masks else np.zeros(0, dtype=bool)
        return (rest, left, tuple(understood)) if left.any() else None

    def _in_the_shops_words(self, text: str, found: Mapping[int, str]) -> str:
        """The text where what means a value of an attribute is that value, which the item says: "size 42" is 42."""
        said_so = plain(text)
        for at, said in found.items():
            if self.facet[at] not in KEPT and phrase(said) != phrase(self.name[at]):
                said_so = said_so.replace(said, f" {plain(self.name[at])} ")
        return text if said_so == plain(text) else " ".join(said_so.split())

    def _having(self, value: int) -> Mask:
        low, high = np.searchsorted(self.value, [value, value + 1])
        mask = np.zeros(len(self.price), dtype=bool)
        mask[self.item[low:high]] = True
        return mask


def _names_of(facet: str, name: str, alone: bool) -> Iterator[Phrase]:
    from ronghe.methods.understand.colours import COLOURS

    if facet not in KEPT:
        yield from phrases_of(facet, name, alone)
        return
    for said in COLOURS.get(name, (name,)) if facet == "colour" else (name,):
        yield phrase(said)


def _both(a: Mask | None, b: Mask) -> Mask:
    """Where both hold; items beyond the shorter one's length are not allowed."""
    if a is None:
        return b
    short = min(len(a), len(b))
    return a[:short] & b[:short]
