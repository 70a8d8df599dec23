"""Autocomplete: what a shopper may be about to type, out of titles, categories, brands and past searches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean
from ronghe.kernels.resized import resized
from ronghe.methods.lexical.beginnings import Beginnings, letters

KINDS = {"query": 3.0, "category": 2.0, "brand": 2.0, "item": 1.0}  # weight of a kind at equal popularity
LATER = 0.3  # weight of an entry found by a later word, against one found by its first
MOST_HIDDEN = 2_000  # changed items, or a tenth of the entries, after which all is made anew
REMEMBERED = 8_192  # beginnings whose answers are kept at hand


@dataclass(frozen=True)
class Suggestion:
    """kind: "query", "item", "category" or "brand" · id of the item, the full path of the category, else the text."""

    text: str
    kind: str
    id: str


@dataclass(frozen=True, eq=False)
class Suggester:
    """entries and what each weighs (entries,), heaviest first · later: of items that changed since, and of brands and
    categories that came with them · hidden: ids of these items · gone: (kind, id) of brands and categories that nothing on offer
    is left of · searched: what the entries of kind "query" were made of.
    """

    entries: tuple[Suggestion, ...]
    weight: NDArray[np.float64]
    later: "Suggester | None" = None
    hidden: frozenset[str] = frozenset()
    gone: frozenset[tuple[str, str]] = frozenset()
    searched: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(catalog: Catalog, popularity: NDArray[Any], searched: Mapping[str, float] | None = None) -> "Suggester":
        """popularity (items,), 0 or more: how much each item is wanted · searched: text -> how often it was typed and led on."""
        wanted = resized(popularity.astype(np.float64), len(catalog), 0)
        found = [*_items(catalog, wanted, np.flatnonzero(catalog.available)), *_facets(catalog, wanted)]
        found += [(Suggestion(clean(text), "query", clean(text)), float(times)) for text, times in (searched or {}).items()]
        return replace(Suggester._heaviest(found), searched=dict(searched or {}))

    def suggest(self, prefix: str, n: int = 8, beside: "Suggester | None" = None) -> tuple[Suggestion, ...]:
        """The n heaviest entries with a word that `prefix` begins, no text twice; without any, those with all its words, then those
        for it with one letter mended. beside: a suggester whose entries count, too.
        """
        typed = letters(prefix)
        if not typed or n <= 0:
            return ()
        mine, theirs = self._answered(typed, n), beside._answered(typed, n) if beside is not None else ([], [], [])
        read: dict[str, Suggestion] = {}
        for one, other in zip(mine, theirs, strict=False):
            for _, entry in sorted([*one, *other], key=lambda hit: -hit[0]):
                read.setdefault(letters(entry.text), entry)
            if read:
                break
        return tuple(read.values())[:n]

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64], popularity: NDArray[Any]) -> "Suggester":
        """This suggester with the `changed` items as `catalog` has them; far cheaper than `of`, which it is when many changed."""
        hidden = self.hidden | set(catalog.vocabulary.names(changed))
        if len(hidden) > max(MOST_HIDDEN, len(self.entries) // 10):
            return Suggester.of(catalog, popularity, self.searched)
        titles = {self._titles[name] for name in hidden if name in self._titles}  # of which another item may be left
        alike = np.flatnonzero(catalog.table["title"].is_in(list(titles)).to_numpy())
        items = np.union1d(catalog.numbers(sorted(hidden)), alike)
        wanted = resized(popularity.astype(np.float64), len(catalog), 0)
        offered = _offered(catalog)
        fresh = (
            [hit for hit in _facets(catalog, wanted) if (hit[0].kind, hit[0].id) not in self._known]
            if offered - self._known
            else []
        )
        later = Suggester._heaviest([*_items(catalog, wanted, items[catalog.available[items]]), *fresh])
        grown = replace(self, later=later, hidden=frozenset(hidden), gone=self._known - offered)
        grown.__dict__.update(_beginnings=self._beginnings, _known=self._known, _titles=self._titles)  # the entries are the same
        return grown

    @staticmethod
    def _heaviest(found: list[tuple[Suggestion, float]]) -> "Suggester":
        best: dict[tuple[str, str], tuple[float, Suggestion]] = {}
        for entry, wanted in found:
            key, weight = (letters(entry.text), entry.kind), KINDS[entry.kind] * (1.0 + float(np.log1p(wanted)))
            if key[0] and (key not in best or weight > best[key][0]):
                best[key] = (weight, entry)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1][0], pair[0]))
        return Suggester(
            tuple(entry for _, (_, entry) in ranked), np.array([weight for _, (weight, _) in ranked], dtype=np.float64)
        )

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings(tuple(letters(entry.text) for entry in self.entries))

    @cached_property
    def _answered(self) -> Any:
        return lru_cache(maxsize=REMEMBERED)(self._answer)

    def _answer(self, typed: str, n: int) -> tuple[list[tuple[float, Suggestion]], ...]:
        """Weights and entries by how well they go with what was typed: none of a later kind where there are some before."""
        if found := self._starting(typed, n):
            return found, [], []
        if found := self._with_words(typed, n):
            return [], found, []
        mended = [hit for near in self._beginnings.near(typed) for hit in self._starting(near, n)]
        return [], [], sorted(mended, key=lambda hit: -hit[0])

    def _starting(self, typed: str, n: int) -> list[tuple[float, Suggestion]]:
        """Weights and entries with a word that `typed` begins, heaviest first, at least n different ones where there are."""
        at, first = self._beginnings.after(typed)
        found = self._top(at, self.weight[at] * np.where(first, 1.0, LATER), n)
        if self.later is not None:
            found = sorted([*found, *self.later._starting(typed, n)], key=lambda hit: -hit[0])
        return found

    def _with_words(self, typed: str, n: int) -> list[tuple[float, Suggestion]]:
        """Entries with a word for each word of `typed`, in any order."""
        said = typed.split(" ")
        if len(said) < 2:
            return []
        at = np.unique(self._beginnings.after(said[0])[0])
        for word in said[1:]:
            at = np.intersect1d(at, self._beginnings.after(word)[0])
        return self._top(at, self.weight[at], n)

    def _top(self, at: NDArray[np.int64], weight: NDArray[np.float64], n: int) -> list[tuple[float, Suggestion]]:
        shown = 4 * n  # some may be hidden, or read alike
        if len(at) > shown:
            keep = weight >= np.partition(weight, len(weight) - shown)[len(weight) - shown]
            at, weight = at[keep], weight[keep]
        order = np.lexsort((at, -weight))[: 4 * shown]
        ranked = [(float(weight[place]), self.entries[at[place]]) for place in order]
        return [(w, entry) for w, entry in ranked if not self._left_out(entry)]

    def _left_out(self, entry: Suggestion) -> bool:
        return entry.id in self.hidden if entry.kind == "item" else (entry.kind, entry.id) in self.gone

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Text of each item among the entries."""
        return {entry.id: entry.text for entry in self.entries if entry.kind == "item"}

    @cached_property
    def _known(self) -> frozenset[tuple[str, str]]:
        """Kind and id of each brand and category among the entries."""
        return frozenset((entry.kind, entry.id) for entry in self.entries if entry.kind in ("brand", "category"))


def _items(catalog: Catalog, wanted: NDArray[np.float64], items: NDArray[np.int64]) -> Iterator[tuple[Suggestion, float]]:
    for item in items.tolist():
        if title := clean(catalog.title[item]):
            yield Suggestion(title, "item", catalog.vocabulary.ids[item]), float(wanted[item])


def _offered(catalog: Catalog) -> frozenset[tuple[str, str]]:
    """Kind and id of each brand and category that something on offer belongs to, and that can be said."""
    found = set()
    for kind, names, number in (("category", catalog.categories, catalog.category), ("brand", catalog.brands, catalog.brand)):
        live = np.unique(number[(number >= 0) & catalog.available]).tolist()
        found |= {(kind, names.ids[n]) for n in live}
    return frozenset(found)


def _facets(catalog: Catalog, wanted: NDArray[np.float64]) -> Iterator[tuple[Suggestion, float]]:
    for kind, names, number in (("category", catalog.categories, catalog.category), ("brand", catalog.brands, catalog.brand)):
        on = (number >= 0) & catalog.available
        total = np.bincount(number[on], wanted[on], minlength=len(names))
        live = np.bincount(number[on], minlength=len(names)) > 0
        for name, popularity, shown in zip(names.ids, total.tolist(), live.tolist(), strict=True):
            if shown:
                yield Suggestion(clean(name.split(CATEGORY_JOINT)[-1]), kind, name), popularity
