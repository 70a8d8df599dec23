"""What serves at this moment, frozen: one model version, one catalogue, one set of rules. A switch replaces it whole."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.queries import Queries
from ronghe.core.roles import Matcher, Rewriter
from ronghe.engine.answered import Answered
from ronghe.engine.assemble import Parts, adapted, funnel_of
from ronghe.engine.facets import Facets
from ronghe.engine.recipe import Recipe
from ronghe.engine.variants import Variants
from ronghe.funnel.funnel import Funnel
from ronghe.methods.lexical.suggest import Suggester
from ronghe.methods.policy.rules import BoundRules, Rules
from ronghe.methods.understand.synonym_list import SynonymList

LED, MOST_LED = 4_096, 1_000  # typed texts whose items are at hand, and items of each that are looked at
ANSWERED = ("id", "title", "brand", "category", "image")


@dataclass(frozen=True, eq=False)
class Live:
    """version: of the models; "" = nothing trained yet · meta: what was written beside the models · popularity (items,)."""

    recipe: Recipe
    version: str
    parts: Parts
    meta: Mapping[str, Any]
    catalog: Catalog
    rules: Rules
    popularity: NDArray[np.float64]
    synonyms: SynonymList = field(default_factory=SynonymList)

    @cached_property
    def understand(self) -> dict[str, Rewriter]:
        """The rewriters, those that know synonyms with the shop's own."""
        pairs = self.synonyms.pairs
        return {n: r.with_synonyms(pairs) if hasattr(r, "with_synonyms") else r for n, r in self.parts["understand"].items()}

    @cached_property
    def bolder(self) -> dict[str, Rewriter]:
        """The rewriters as they are for questions that found nothing."""
        return {name: one.bolder() if hasattr(one, "bolder") else one for name, one in self.understand.items()}

    @cached_property
    def facets(self) -> Facets:
        """What this catalogue can be filtered by."""
        return Facets(self.catalog)

    @cached_property
    def variants(self) -> Variants | None:
        """Which items are variants of one thing; None where none are."""
        return Variants(self.catalog) if (self.catalog.group >= 0).any() else None

    def grouped(self, surface: str) -> Variants | None:
        """The same on a surface, None where each item stands for itself."""
        return self.variants if self.recipe.surfaces[surface].variants else None

    @cached_property
    def bound(self) -> BoundRules:
        """The rules over this catalogue."""
        return self.rules.bound(self.catalog)

    @cached_property
    def funnels(self) -> dict[str, Funnel]:
        """The funnel of each surface."""
        parts = {**self.parts, "understand": self.understand}
        return {name: funnel_of(self.recipe, parts, name, self.bound) for name in self.recipe.surfaces}

    @cached_property
    def matchers(self) -> tuple[Matcher, ...]:
        """The retrievers that know everything a typed text matches."""
        return tuple(part for part in self.parts["retrieve"].values() if isinstance(part, Matcher))

    @cached_property
    def leads_to(self) -> "Callable[[str], NDArray[np.int64]]":
        """Items that are to be had and that a typed text finds; a suggestion is worth none without."""
        return lru_cache(maxsize=LED)(self._led)

    def _led(self, text: str) -> NDArray[np.int64]:
        meant = Queries.of(1, text=(text,), surface=("search",))
        for rewriter in self.understand.values():
            meant = rewriter.rewrite(meant)
        found = [matcher.matches(meant.text[0], MOST_LED, meant.also[0], meant.light[0]) for matcher in self.matchers]
        items = np.unique(np.concatenate([*found, np.zeros(0, dtype=np.int64)])).astype(np.int64)
        return items[self.catalog.available[items]]

    @cached_property
    def answered(self) -> Answered:
        """What this version answered a moment ago."""
        return Answered(self.recipe.shop.repeat)

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """What an answer says of an item, as lists by item number."""
        return {name: self.catalog.table[name].to_list() for name in ANSWERED}

    @cached_property
    def suggester(self) -> Suggester:
        """Autocomplete over this catalogue."""
        return Suggester.of(self.catalog, self.popularity)

    def warm(self) -> None:
        """Works out what the first question would wait for, unless it is at hand. What fails here is left to that question."""
        ready: list[Callable[[], Any]] = [partial(getattr, self, name) for name in ("bound", "columns")]
        ready += [lambda: self.facets.attributes, lambda: self.suggester.suggest("a", 1)]
        ready += [partial(one.rewrite, Queries.of(1, text=("a",))) for one in self.parts["understand"].values()]
        if "asked_once" not in self.__dict__:
            self.__dict__["asked_once"] = True
            ready += [partial(self._ask, name) for name in self.recipe.surfaces]
        for work in ready:
            with contextlib.suppress(Exception):
                work()

    def _ask(self, surface: str) -> None:
        """Networks and trees are made ready when they are asked first."""
        now = np.full(2, float(self.meta.get("as_of") or 0))
        self.funnels[surface](Queries.of(2, text=("a", ""), surface=(surface,) * 2, time=now), 1, np.random.default_rng(0))

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "Live":
        """The same version in a shop whose items `changed` are now as `catalog` says; what they leave alone is kept."""
        popularity = np.pad(self.popularity, (0, len(catalog) - len(self.popularity)))
        new = replace(self, catalog=catalog, parts=adapted(self.parts, catalog, changed), popularity=popularity)
        if "suggester" in self.__dict__:
            new.__dict__["suggester"] = self.suggester.with_catalog(catalog, changed, popularity)
        if "columns" in self.__dict__:
            new.__dict__["columns"] = {name: _patched(self.columns[name], catalog.table[name], changed) for name in ANSWERED}
        if "facets" in self.__dict__:
            new.__dict__["facets"] = self.facets.with_catalog(catalog, changed)
        return new

    def with_rules(self, rules: Rules) -> "Live":
        """The same version under other rules; what rules have no say in is kept."""
        return self._like(replace(self, rules=rules))

    def with_synonyms(self, synonyms: SynonymList) -> "Live":
        """The same version with other synonyms; what these have no say in is kept."""
        return self._like(replace(self, synonyms=synonyms))

    def _like(self, new: "Live") -> "Live":
        new.__dict__.update({name: self.__dict__[name] for name in ("facets", "columns", "suggester") if name in self.__dict__})
        return new


def _patched(values: list[Any], column: pl.Series, changed: NDArray[np.int64]) -> list[Any]:
    patched = [*values, *column[len(values) :].to_list()]
    for item in changed[changed < len(values)].tolist():
        patched[item] = column[item]
    return patched
