"""Facets: which items a shopper's filters leave, and how many matches each value has."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import orjson
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.errors import BadRequest
from ronghe.core.limits import CHOICE
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.request import Facet, Request
from ronghe.engine.variants import Variants
from ronghe.kernels.segments import splits_of

Mask = NDArray[np.bool_]
SMALL = 2_000  # items up to which everything is worked out anew when attributes change
LONG = 60  # characters of a value, in the middle of all values, from which on it is a story
MOST_OF_FEW = 50  # values that an attribute may always have
MOST_ATTRIBUTES = 12  # attributes that most items share become facets


@dataclass(frozen=True, eq=False)
class Coded:
    """What items say of one facet: its values, and the number of each item's value (items,), -1 none. An item may say more:
    `further` (rows,) of the items `owner` (rows,), no value of an item twice.
    """

    values: Vocabulary
    first: NDArray[np.int64]
    owner: NDArray[np.int64]
    further: NDArray[np.int64]

    @staticmethod
    def of(said: Mapping[int, Sequence[str]], items: int) -> "Coded":
        """Out of what each item that says anything says."""
        values = Vocabulary(tuple(dict.fromkeys(value for several in said.values() for value in several)))
        rows = [
            (item, number) for item, several in said.items() for number in values.numbers(list(dict.fromkeys(several))).tolist()
        ]
        first, owner, further = np.full(items, -1), [], []
        for item, number in rows:
            if first[item] < 0:
                first[item] = number
            else:
                owner.append(item)
                further.append(number)
        return Coded(values, first, np.array(owner, dtype=np.int64), np.array(further, dtype=np.int64))

    @staticmethod
    def one(values: Vocabulary, number: NDArray[np.int64]) -> "Coded":
        """Of at most one value an item."""
        return Coded(values, number, number[:0], number[:0])

    def patched(self, said: Mapping[int, Sequence[str]], items: int) -> "Coded":
        """The same where the items of `said` now say this, in a catalogue of so many items."""
        fresh = Coded.of(said, items)
        values = Vocabulary(tuple(dict.fromkeys((*self.values.ids, *fresh.values.ids))))
        renamed = np.append(values.numbers(fresh.values.ids), -1)  # the last entry is for -1: no value
        rows = np.array(list(said), dtype=np.int64)
        first = np.concatenate([self.first, np.full(items - len(self.first), -1)])
        first[rows] = renamed[fresh.first[rows]]
        kept = ~np.isin(self.owner, rows)
        further = np.concatenate([self.further[kept], renamed[fresh.further]])
        return Coded(values, first, np.concatenate([self.owner[kept], fresh.owner]), further)

    def having(self, wanted: Sequence[int]) -> Mask:
        """Items that say one of these values, by number (items,)."""
        table = np.zeros(len(self.values) + 1, dtype=bool)  # the last entry is for -1: no value
        table[list(wanted)] = True
        mask = table[self.first]
        mask[self.owner[table[self.further]]] = True
        return mask

    def counts(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the distinct `items` say each value (values,)."""
        return np.bincount(self.rows(items)[1], minlength=len(self.values))

    def rows(self, items: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Item and value of all that the distinct `items` say (rows,)."""
        said, who = self.first[items], items
        if len(self.owner):
            among = np.zeros(len(self.first), dtype=bool)
            among[items] = True
            too = among[self.owner]
            said, who = np.concatenate([said, self.further[too]]), np.concatenate([who, self.owner[too]])
        return who[said >= 0], said[said >= 0]


@dataclass(frozen=True, eq=False)
class Facets:
    """What can be filtered by in one state of the catalogue. A value's count is the length of the list that choosing it gives."""

    catalog: Catalog
    since: frozenset[int] = frozenset()  # items that changed since it was chosen which attributes are facets

    @cached_property
    def attributes(self) -> dict[str, Coded]:
        """What items say of the attributes that most of them share, by name; a list says each of its values."""
        said = [orjson.loads(text) if text and text != "{}" else {} for text in self.catalog.table["attributes"].to_list()]
        shared = Counter(name for one in said for name in one if name not in ("brand", "category"))
        found: dict[str, Coded] = {}
        for name, _ in shared.most_common():
            values = {item: several for item, one in enumerate(said) if name in one and (several := _values(one[name]))}
            if values and _is_told_apart(values):
                found[name] = Coded.of(values, len(self.catalog))
            if len(found) == MOST_ATTRIBUTES:
                break
        return found

    @cached_property
    def _above(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of category numbers: a path, and a path of the catalogue that it lies under (pairs,) each."""
        paths = self.catalog.categories
        cuts = [(n, path.split(CATEGORY_JOINT)) for n, path in enumerate(paths.ids)]
        tops = [(n, paths.number(CATEGORY_JOINT.join(levels[:at]))) for n, levels in cuts for at in range(1, len(levels))]
        pairs = np.array([(n, top) for n, top in tops if top >= 0], dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "Facets":
        """These facets in a shop whose items `changed` are now as `catalog` says. Which attributes are facets is chosen anew when
        a tenth of the items changed, at once in a small shop.
        """
        rows = changed.tolist()
        if "attributes" not in self.__dict__:
            return Facets(catalog)
        same = len(catalog) == len(self.catalog) and catalog.table["attributes"][rows].equals(
            self.catalog.table["attributes"][rows]
        )
        since = self.since if same else self.since | set(rows)
        if len(since) * 10 > len(catalog) or (not same and len(catalog) <= SMALL):
            return Facets(catalog)
        new = Facets(catalog, since)
        new.__dict__["attributes"] = self.attributes if same else self._patched(catalog, rows)
        return new

    def _patched(self, catalog: Catalog, rows: list[int]) -> dict[str, Coded]:
        said = {
            row: orjson.loads(text or "{}") for row, text in zip(rows, catalog.table["attributes"][rows].to_list(), strict=True)
        }
        return {
            name: coded.patched({row: _values(one.get(name, [])) for row, one in said.items()}, len(catalog))
            for name, coded in self.attributes.items()
        }

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

    def counted(
        self, request: Request, matches: NDArray[np.int64], grouped: Variants | None = None, most: int = 30
    ) -> tuple[Facet, ...]:
        """Each facet's values among the matches, variants of one thing counted once. A facet does not narrow its own counts, so
        that a value can be added.
        """
        found = []
        for name in self.names:
            left = self.mask(request, without=name)
            within = matches if left is None else matches[left[matches]]
            values = self._counts(name, within, grouped)[:most]
            chosen = tuple(request.filters.get(name, ()))
            if len(values) > 1 or chosen:
                found.append(Facet(name, tuple(values), chosen))
        return tuple(found)

    def _counts(self, name: str, items: NDArray[np.int64], grouped: Variants | None) -> list[tuple[str, int]]:
        coded = self._coded(name)
        if grouped is None:
            count = coded.counts(items)
            if name == "category":
                under, top = self._above
                count = count + np.bincount(top, count[under], minlength=len(count)).astype(np.int64)
        else:
            count = self._counts_of_results(coded, items, grouped, with_tops=name == "category")
        order = np.argsort(-count, kind="stable")
        return [(coded.values.ids[i], int(count[i])) for i in order[:200] if count[i]]

    def _counts_of_results(self, coded: Coded, items: NDArray[np.int64], grouped: Variants, with_tops: bool) -> NDArray[np.int64]:
        """How many results say each value (values,): a variant is enough, several count once."""
        item, value = coded.rows(items)
        if with_tops:
            under, top = self._above
            order = np.argsort(under, kind="stable")
            low, high = (np.searchsorted(under[order], value, side) for side in ("left", "right"))
            at = np.repeat(low, high - low) + np.arange(int((high - low).sum())) - np.repeat(splits_of(high - low)[:-1], high - low)
            item = np.concatenate([item, np.repeat(item, high - low)])
            value = np.concatenate([value, top[order][at]])
        width = int(grouped.result.max(initial=0)) + 1
        return np.bincount(np.unique(value * width + grouped.result[item]) // width, minlength=len(coded.values))

    def _coded(self, name: str) -> Coded:
        if name == "brand":
            return Coded.one(self.catalog.brands, self.catalog.brand)
        if name == "category":
            return Coded.one(self.catalog.categories, self.catalog.category)
        return self.attributes[name]

    def _one(self, name: str, values: Sequence[str]) -> Mask:
        if name not in self.names:
            raise BadRequest(f"no facet {name!r}; this shop has {', '.join(self.names)}", f"filters.{name}")
        coded = self._coded(name)
        if name == "category":
            return coded.having([n for n, path in enumerate(coded.values.ids) if any(_under(path, value) for value in values)])
        return coded.having([n for n in map(coded.values.number, values) if n >= 0])


def _values(value: object) -> list[str]:
    """What an item says of one attribute, as far as it can be asked for."""
    return [text for text in map(written, value if isinstance(value, list) else [value]) if 0 < len(text) <= CHOICE]


def written(value: object) -> str:
    """A value of an attribute as it is shown and asked for: 100, not 100.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_told_apart(said: Mapping[int, Sequence[str]]) -> bool:
    """False where most items have a value of their own, such as a model's number, or tell a story: nobody chooses among these."""
    values = {value for several in said.values() for value in several}
    named = len(values) > MOST_OF_FEW and 2 * len(values) > len(said)
    lengths = sorted(map(len, values))
    return not named and lengths[len(lengths) // 2] <= LONG


def _under(path: str, top: str) -> bool:
    return path == top or path.startswith(top + CATEGORY_JOINT)
