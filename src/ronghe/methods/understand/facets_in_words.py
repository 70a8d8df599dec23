"""Facets said in words: "red cotton shirt under 50" is what is red, of cotton, costs at most 50, and says shirt."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.queries import WITHOUT, Queries
from ronghe.core.restated import restated
from ronghe.core.roles import Compute
from ronghe.core.slates import Reason, Reasons
from ronghe.kernels.keyed import picked
from ronghe.methods.understand.attributes import doubtful, phrases_of, said_in_words
from ronghe.methods.understand.denying import Deniable
from ronghe.methods.understand.negatives import Denied, denied
from ronghe.methods.understand.phrases import Phrase, found_in, phrase, plain, spans_in
from ronghe.methods.understand.prices import bounds_of
from ronghe.methods.understand.said import said_by
from ronghe.methods.understand.titles import Titles, is_denied

KEPT = ("brand", "colour", "category")  # facets whose names stay in the text as they were typed
SAYS_SO = 1.0  # share of its score that an item gains which says of itself that it has none of what was denied
REMEMBERED = 256  # texts whose reading is kept at hand
Mask = NDArray[np.bool_]
Understood = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FacetsInWords:
    """Learns FacetsInWordsModel: the brands, colours, categories and attributes of the shop, and its prices.

    prices: whether bounds such as "under 50" are understood · negatives: whether "without sugar" or "-wireless" takes items out ·
    brands, colours, categories, attributes: whether a name of one narrows the search to items that have it or say it in their
    title; a number only with its attribute's name ("size 42").
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    prices: bool = True
    negatives: bool = True
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
        """Whether a value of this facet narrows the search."""
        return {"brand": self.brands, "colour": self.colours, "category": self.categories}.get(facet, self.attributes)


@dataclass(frozen=True, eq=False)
class FacetsInWordsModel:
    """facet, name (values,): what can be said · value, item (rows,): who has it · price (items,), NaN unknown ·
    digest (items,) of what each item says · named: attributes that are understood · doubtful: name and value of those whose words
    mostly mean something else, so that they need the name of the attribute · titles, where negatives are understood.
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
    titles: Titles = field(default_factory=Titles.none)

    narrows: ClassVar[bool] = True  # its `allowed` is a guess: where nothing is left, the question is asked without

    def rewrite(self, queries: Queries) -> Queries:
        """The queries narrowed to what their texts say; a price leaves the text, names stay in it, colours as light words."""
        read = [self._read(text) if text else None for text in queries.text]
        old = zip(queries.text, queries.allowed, queries.understood, strict=True)
        rows = [(t, a, u) if r is None else (r[0], _both(a, r[1]), (*u, *r[2])) for (t, a, u), r in zip(old, read, strict=True)]
        text, allowed, understood = zip(*rows, strict=True) if rows else ((), (), ())
        light = tuple((*before, *self._light_in(said)) for said, before in zip(text, queries.light, strict=True))
        return queries.replace(text=text, allowed=allowed, understood=understood, light=light)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "FacetsInWordsModel":
        """This model with what the `changed` items say now."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self._at(catalog.price)
        rows = [
            (item, (facet, name))
            for item, facet, name in said_by(catalog, other, frozenset(self.named))
            if self.learner.names(facet) or (facet == "category" and self.learner.negatives)
        ]
        known = dict.fromkeys(zip(self.facet, self.name, strict=True))
        number = {one: at for at, one in enumerate(dict.fromkeys([*known, *(one for _, one in rows)]))}
        kept = ~np.isin(self.item, other)
        value = np.concatenate([self.value[kept], np.array([number[one] for _, one in rows], dtype=np.int64)])
        item = np.concatenate([self.item[kept], np.array([row for row, _ in rows], dtype=np.int64)])
        facet, name = tuple(facet for facet, _ in number), tuple(name for _, name in number)
        titles = self.titles.with_catalog(catalog, other) if self.learner.negatives else self.titles
        grown = replace(self, facet=facet, name=name, value=value, item=item, price=catalog.price, digest=digest, titles=titles)
        return grown._with_titles(catalog, other)

    def _at(self, price: NDArray[np.float64]) -> "FacetsInWordsModel":
        """This model at other prices."""
        new = replace(self, price=price)
        new.__dict__.update(
            {name: self.__dict__[name] for name in ("_known", "_named", "_every", "_colours") if name in self.__dict__}
        )
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
        """Phrase -> the value it names and that narrows; where several facets have it, the first one said."""
        narrow = {said: self._narrowing(values) for said, values in self._named.items()}
        return {said: values[0] for said, values in narrow.items() if values}

    def _narrowing(self, values: Sequence[int]) -> list[int]:
        return [at for at in values if self.learner.names(self.facet[at])]

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
    def _light_in(self) -> "Callable[[str], tuple[str, ...]]":
        return lru_cache(maxsize=REMEMBERED)(self._colours_in)

    def _colours_in(self, text: str) -> tuple[str, ...]:
        """The names of the shop's colours that a text says, but for those within other names: a red towel is no red shoe."""
        said = plain(text)
        spans = spans_in(said, self._every) if self._colours else ()
        return tuple(said[start:end] for start, end, _ in spans if phrase(said[start:end]) in self._colours)

    @cached_property
    def _colours(self) -> frozenset[Phrase]:
        colours = {at for at, facet in enumerate(self.facet) if facet == "colour" and self.learner.colours}
        return frozenset(said for said, values in self._named.items() if not colours.isdisjoint(values))

    @cached_property
    def _every(self) -> dict[Phrase, int]:
        return {said: values[0] for said, values in self._named.items()}

    @cached_property
    def _read(self) -> "Callable[[str], tuple[str, Mask, Understood] | None]":
        return lru_cache(maxsize=REMEMBERED)(self._reading)

    def _reading(self, text: str) -> tuple[str, Mask, Understood] | None:
        """The text without prices and negatives, the items it narrows the search to, and what was understood; None where nothing
        was, or no item is left. Names that leave nothing of what is not denied are taken as words.
        """
        rest, masks, understood = self._priced(text)
        without = denied(plain(rest), self._deniable) if self.learner.negatives else Denied(rest)
        if without.words:
            may, is_a_name = self._deniable.left_by(without, rest)
            masks.append(may)
            understood += [(WITHOUT, words) for words in without.words]
            rest = rest if is_a_name else without.text
        found = self._names_in(plain(without.text))
        named = [self._any(self._narrowing(self._named[phrase(said)])) for said in found.values()]
        told = [(self.facet[at], self.name[at]) for at in found]
        full = self._in_the_shops_words(rest, found), _all([*masks, *named]), (*understood, *told)
        readings = [full, (rest, _all(masks), tuple(understood))] if without.words else [full]
        return next((reading for reading in readings if reading[1].any()), None)

    def _priced(self, text: str) -> tuple[str, list[Mask], list[tuple[str, str]]]:
        """The text without prices, unless it says nothing else, the items that cost so much, and what was understood."""
        bounds = bounds_of(plain(text))
        if not (self.learner.prices and bounds.text) or (bounds.low is None and bounds.high is None):
            return text, [], []
        masks, understood = list[Mask](), list[tuple[str, str]]()
        for name, bound, fits in (("price_min", bounds.low, np.greater_equal), ("price_max", bounds.high, np.less_equal)):
            if bound is not None:
                masks.append(fits(self.price, bound))
                understood.append((name, f"{bound:g}"))
        return bounds.text, masks, understood

    def _names_in(self, text: str) -> dict[int, str]:
        """The values that a `plain` text names and does not deny ("leather free"), and how."""
        spans = spans_in(text, self._known)
        denies = is_denied if self.learner.negatives else lambda *_: False
        return {at: text[start:end] for start, end, at in spans if not denies(text, start, end)}

    @cached_property
    def _deniable(self) -> Deniable:
        return Deniable(lambda said: self._any(self._named[said]) if said in self._named else None, self.titles, len(self.price))

    @cached_property
    def only_negatives(self) -> "FacetsInWordsModel":
        """This model, which takes names and prices as words: what is denied stays denied where these find nothing."""
        off = dict.fromkeys(("prices", "brands", "colours", "categories", "attributes"), False)
        new = replace(self, learner=replace(self.learner, **off))
        new.__dict__.update({"_named": self._named, "_every": self._every, "_colours": self._colours})
        return new

    def lean(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """What each candidate gains, as a share of its score: what says of itself that it has none of what was denied (rows,)."""
        share = np.zeros(len(candidates.item), dtype=np.float32)
        for query, told in enumerate(queries.understood):
            if words := [value for facet, value in told if facet == WITHOUT]:
                rows = slice(candidates.splits[query], candidates.splits[query + 1])
                share[rows] = SAYS_SO * picked(self._deniable.denying(words), candidates.item[rows])
        return share

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each item says that it is without."""
        told = [", ".join(value for facet, value in one if facet == WITHOUT) for one in queries.understood]
        part = "retrieve:facets-in-words"
        return [
            (Reason("without", (), (told[query],), float(gain), part),) if gain > 0 else ()
            for query, gain in zip(shown.query.tolist(), self.lean(queries, shown), strict=True)
        ]

    def _in_the_shops_words(self, text: str, found: Mapping[int, str]) -> str:
        """The text where what means a value of an attribute is that value, which the item says: "size 42" is 42."""
        said_so = plain(text)
        for at, said in found.items():
            if self.facet[at] not in KEPT and phrase(said) != phrase(self.name[at]):
                said_so = said_so.replace(said, f" {plain(self.name[at])} ")
        return text if said_so == plain(text) else " ".join(said_so.split())

    def _any(self, values: Sequence[int]) -> Mask:
        """Which items have one of these values (items,)."""
        mask = np.zeros(len(self.price), dtype=bool)
        for value in values:
            low, high = np.searchsorted(self.value, [value, value + 1])
            mask[self.item[low:high]] = True
        return mask


def _names_of(facet: str, name: str, alone: bool) -> Iterator[Phrase]:
    from ronghe.methods.understand.colours import COLOURS

    if facet not in KEPT:
        yield from phrases_of(facet, name, alone)
        return
    for said in COLOURS.get(name, (name,)) if facet == "colour" else (name,):
        yield phrase(said)


def _all(masks: Sequence[Mask]) -> Mask:
    """Where all hold; nowhere if there are none."""
    return np.logical_and.reduce(masks) if masks else np.zeros(0, dtype=bool)


def _both(a: Mask | None, b: Mask) -> Mask:
    """Where both hold; items beyond the shorter one's length are not allowed."""
    if a is None:
        return b
    short = min(len(a), len(b))
    return a[:short] & b[:short]
