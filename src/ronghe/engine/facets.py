"""Facets: which items a shopper's filters leave, and how many matches each value has."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.errors import BadRequest
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.request import Facet, Request

Mask = NDArray[np.bool_]
MOST_ATTRIBUTES = 12  # attributes that most items share become facets


@dataclass(frozen=True, eq=False)
class Facets:
    """What can be filtered by in one state of the catalogue."""

    catalog: Catalog

    @cached_property
    def attributes(self) -> dict[str, tuple[Vocabulary, NDArray[np.int64]]]:
        """Attribute name -> its values and the value number of each item (items,), -1 none; the most shared attributes."""
        held: dict[str, dict[int, str]] = {}
        texts = self.catalog.table["attributes"].to_list()
        parsed: dict[str, dict[str, object]] = {}
        for item, text in enumerate(texts):
            if text and text != "{}":
                for name, value in parsed.setdefault(text, json.loads(text)).items():
                    held.setdefault(name, {})[item] = str(value[0] if isinstance(value, list) and value else value)
        chosen = sorted((n for n in held if n not in ("brand", "category")), key=lambda n: -len(held[n]))[:MOST_ATTRIBUTES]
        return {name: self._coded(held[name]) for name in chosen}

    def _coded(self, values: dict[int, str]) -> tuple[Vocabulary, NDArray[np.int64]]:
        vocabulary = Vocabulary(tuple(dict.fromkeys(values.values())))
        codes = np.full(len(self.catalog), -1)
        codes[list(values)] = vocabulary.numbers(values.values())
        return vocabulary, codes

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "Facets":
        """These facets in a shop whose items `changed` are now as `catalog` says; attributes are read anew only if they differ."""
        new, rows = Facets(catalog), changed.tolist()
        same = len(catalog) == len(self.catalog) and catalog.table["attributes"][rows].equals(
            self.catalog.table["attributes"][rows]
        )
        if same and "attributes" in self.__dict__:
            new.__dict__["attributes"] = self.attributes
        return new

    @property
    def names(self) -> list[str]:
        """What a filter may name."""
        return ["brand", "category", *self.attributes]

    def mask(self, request: Request, without: str = "") -> Mask | None:
        """Items that the request's filters and price bounds leave (items,); None when there are none. `without` skips one facet."""
        masks = [self._one(name, values) for name, values in request.filters.items() if name != without and values]
        if request.price_min is not None:
            masks.append(self.catalog.price >= request.price_min)
        if request.price_max is not None:
            masks.append(self.catalog.price <= request.price_max)
        return np.logical_and.reduce(masks) if masks else None

    def counted(self, request: Request, matches: NDArray[np.int64], most: int = 30) -> tuple[Facet, ...]:
        """Each facet's values among the matches. A facet does not narrow its own counts, so that a value can be added."""
        found = []
        for name in self.names:
            left = self.mask(request, without=name)
            within = matches if left is None else matches[left[matches]]
            values = self._counts(name, within)[:most]
            chosen = tuple(request.filters.get(name, ()))
            if len(values) > 1 or chosen:
                found.append(Facet(name, tuple(values), chosen))
        return tuple(found)

    def _counts(self, name: str, items: NDArray[np.int64]) -> list[tuple[str, int]]:
        vocabulary, codes = self._codes(name)
        codes = codes[items]
        count = np.bincount(codes[codes >= 0], minlength=len(vocabulary))
        order = np.argsort(-count, kind="stable")
        return [(vocabulary.ids[i], int(count[i])) for i in order[:200] if count[i]]

    def _codes(self, name: str) -> tuple[Vocabulary, NDArray[np.int64]]:
        if name == "brand":
            return self.catalog.brands, self.catalog.brand
        if name == "category":
            return self.catalog.categories, self.catalog.category
        return self.attributes[name]

    def _one(self, name: str, values: Sequence[str]) -> Mask:
        if name not in self.names:
            raise BadRequest(f"no facet {name!r}; this shop has {', '.join(self.names)}", f"filters.{name}")
        vocabulary, codes = self._codes(name)
        if name == "category":
            wanted = [n for n, path in enumerate(vocabulary.ids) if any(_under(path, value) for value in values)]
        else:
            wanted = [n for n in map(vocabulary.number, values) if n >= 0]
        table = np.zeros(len(vocabulary) + 1, dtype=bool)  # the last entry is for -1: no value
        table[wanted] = True
        return table[codes]


def _under(path: str, top: str) -> bool:
    return path == top or path.startswith(top + CATEGORY_JOINT)
