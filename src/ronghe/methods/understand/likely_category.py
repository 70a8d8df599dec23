"""Which categories a typed text is likely about: from the clicks after it where there are some, else from the words of titles."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.searches import Searches
from ronghe.core.slates import Reason, Reasons
from ronghe.core.vocabulary import Vocabulary
from ronghe.methods.understand.category_words import CategoryWords, tokens

REMEMBERED = 4_096
Kinds = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class LikelyCategory:
    """Learns LikelyCategoryModel: which words titles of each category say, and where clicks after a text land.

    least: probability below which a category is not named · most: categories that are named · strength: share of its score that
    an item of a category which is certain gains, 0 = the order stays · worth: shoppers' clicks that what titles say is worth.
    """

    least: float = 0.15
    most: int = 3
    strength: float = 0.05
    worth: float = 10.0

    def __post_init__(self) -> None:
        for name, high in (("least", 1.0), ("strength", 10.0), ("worth", 1e6)):
            if not 0.0 <= getattr(self, name) <= high:
                raise BadRecipe(f"likely-category.{name} is {getattr(self, name)}; right would be a number from 0 to {high:g}")
        if self.most < 1:
            raise BadRecipe(f"likely-category.most is {self.most}; right would be 1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "LikelyCategoryModel":
        """What titles and clicks of the dataset say."""
        catalog = data.catalog
        paths = catalog.categories
        on = np.flatnonzero((catalog.category >= 0) & ~catalog.table["deleted"].to_numpy())
        leaves = [tokens(path.rpartition(CATEGORY_JOINT)[2]) for path in paths.ids]
        titles = [tokens(catalog.title[item]) for item in on.tolist()]
        words, nowhere = CategoryWords.of(titles, leaves, catalog.category[on], compute.seed), np.zeros(0, dtype=np.int64)
        model = LikelyCategoryModel(self, paths.ids, words, _clicks(data.searches, catalog), nowhere, nowhere)
        return model.with_catalog(catalog, on)


@dataclass(frozen=True, eq=False)
class LikelyCategoryModel:
    """paths: categories by number · words: what their titles say · clicks: of each text, shoppers who clicked by category ·
    now (categories,): number of each category in the catalogue as it is, -1 gone · of_item (items,): category of each item, -1 none
    """

    learner: LikelyCategory
    paths: tuple[str, ...]
    words: CategoryWords
    clicks: Mapping[str, tuple[tuple[int, int], ...]]
    now: NDArray[np.int64]
    of_item: NDArray[np.int64]

    def rewrite(self, queries: Queries) -> Queries:
        """The queries with the categories that they are likely about; the texts stay as they are."""
        return queries.replace(kinds=tuple(self._read(text) if text else () for text in queries.text))

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "LikelyCategoryModel":
        """This model in a shop whose items lie elsewhere; what words say of categories stays as it was learned."""
        own = Vocabulary(self.paths).numbers(catalog.categories.ids)
        of_item = np.append(own, -1)[catalog.category]
        return replace(self, now=catalog.categories.numbers(self.paths), of_item=of_item)

    def lean(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """What each candidate gains, as a share of its score: strength x the probability of its category (rows,)."""
        share = np.zeros(len(candidates.item), dtype=np.float32)
        for query, text in enumerate(queries.text):
            if queries.kinds[query]:
                rows = slice(candidates.splits[query], candidates.splits[query + 1])
                items = candidates.item[rows]
                known = np.where(items < len(self.of_item), self.of_item[np.minimum(items, len(self.of_item) - 1)], -1)
                share[rows] = self.learner.strength * np.append(self._odds(text), 0.0)[known]
        return share

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """The category of each item that its text is likely about."""
        share = self.lean(queries, shown)
        names = [self.paths[at].rpartition(CATEGORY_JOINT)[2] if at >= 0 else "" for at in self._of(shown.item)]
        return [
            (Reason("kind", (), (name,), float(gain), "retrieve:likely-category"),) if gain > 0 else ()
            for name, gain in zip(names, share, strict=True)
        ]

    def _of(self, items: NDArray[np.int64]) -> list[int]:
        return [int(self.of_item[item]) if item < len(self.of_item) else -1 for item in items.tolist()]

    @cached_property
    def _read(self) -> "Callable[[str], Kinds]":
        return lru_cache(maxsize=REMEMBERED)(self._reading)

    def _reading(self, text: str) -> Kinds:
        odds = self._odds(text)
        best = np.argsort(-odds, kind="stable")[: self.learner.most].tolist()
        return tuple((int(self.now[at]), float(odds[at])) for at in best if odds[at] >= self.learner.least and self.now[at] >= 0)

    @cached_property
    def _odds(self) -> "Callable[[str], NDArray[np.float64]]":
        return lru_cache(maxsize=REMEMBERED)(self._guess)

    def _guess(self, text: str) -> NDArray[np.float64]:
        """Probability of each category; all 0 where nothing is known of the text (categories,)."""
        said = tokens(text)
        known = np.array([self.words.number[word] for word in said if word in self.words.number], dtype=np.int64)
        guess = self.words.chances(known) if len(known) and self.paths else np.zeros(len(self.paths))
        if clicked := self.clicks.get(" ".join(said)):
            many = np.zeros(len(self.paths))
            for category, shoppers in clicked:
                many[category] = shoppers
            worth = self.learner.worth if len(known) else 0.0
            guess = (many + worth * guess) / (many.sum() + worth)
        return guess


def _clicks(searches: Searches, catalog: Catalog) -> dict[str, tuple[tuple[int, int], ...]]:
    """Shoppers who clicked, by text and category; one counts once a text and category."""
    seen: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for text, user, item in zip(searches.text, searches.user.tolist(), searches.item.tolist(), strict=True):
        if user >= 0 and item >= 0 and catalog.category[item] >= 0:
            seen[" ".join(tokens(text))].add((user, int(catalog.category[item])))
    counted = {text: Counter(category for _, category in pairs) for text, pairs in seen.items() if text}
    return {text: tuple(sorted(many.items())) for text, many in counted.items()}
