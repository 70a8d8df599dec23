"""How the typed words meet an item's title, brand and category, weighed by how telling each word is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.core.restated import restated
from ronghe.core.roles import Compute
from ronghe.core.vocabulary import Vocabulary
from ronghe.methods.looking import asked, share
from ronghe.methods.word_rows import WordRows, words_in

Float32 = NDArray[np.float32]
COLUMNS = {
    "query:words": "words",
    "pair:title_overlap": "title_overlap",
    "pair:title_purity": "title_purity",
    "pair:kind_overlap": "kind_overlap",
}


@dataclass(frozen=True)
class Words:
    """Learns WordsModel: the words of the catalogue and how rare each is (idf, Spaerck Jones 1972)."""

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    def fit(self, data: Dataset, compute: Compute) -> "WordsModel":
        """The words of the dataset's catalogue."""
        return WordsModel().with_catalog(data.catalog, np.arange(len(data.catalog)))


@dataclass(frozen=True, eq=False)
class WordsModel:
    """terms: all words, a word's number is its place · titles, kinds: the words of each item's title, and of its brand
    and category path · digest (items,) of what each item says, so that only what says something else is read again.
    """

    terms: tuple[str, ...] = ()
    titles: WordRows = field(default_factory=WordRows.empty)
    kinds: WordRows = field(default_factory=WordRows.empty)
    digest: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return tuple(COLUMNS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Words <-> their numbers."""
        return Vocabulary(self.terms)

    @cached_property
    def weight(self) -> Float32:
        """log(1 + items / items with the word) of each word (terms,); a word that is in none weighs most."""
        seen = np.bincount(np.concatenate([self.titles.word, self.kinds.word]), minlength=len(self.terms))
        return np.log1p(max(len(self.titles), 1) / np.maximum(seen, 1)).astype(np.float32)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,); the properties of the view say what each means."""
        return asked(Meetings(self, queries, candidates), COLUMNS, names)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "WordsModel":
        """The same words plus those of the changed items."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other) and len(digest) == len(self.digest):
            return self
        rows = catalog.table.select("title", "brand", "category")[other.tolist()]
        titles = [words_in(title) for title in rows["title"].to_list()]
        kinds = [words_in(f"{brand} {path}") for brand, path in rows.select("brand", "category").iter_rows()]
        vocabulary = self.vocabulary.extended([word for words in (*titles, *kinds) for word in words])
        numbers = [[vocabulary.numbers(words) for words in of] for of in (titles, kinds)]
        return WordsModel(vocabulary.ids, self.titles.replaced(other, numbers[0]), self.kinds.replaced(other, numbers[1]), digest)


@dataclass(frozen=True, eq=False)
class Meetings:
    """The word columns of one batch, each computed on first use."""

    model: WordsModel
    queries: Queries
    candidates: Candidates

    @cached_property
    def _typed(self) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64]]:
        """Which words each query typed (queries, terms); the weight and the number of all its words (queries,)."""
        table = np.zeros((len(self.queries), max(len(self.model.terms), 1)), dtype=bool)
        total, count = np.zeros(len(self.queries)), np.zeros(len(self.queries), dtype=np.int64)
        strange = np.log1p(max(len(self.model.titles), 1))  # the weight of a word that no item has
        for query, text in enumerate(self.queries.text):
            if text:
                number = self.model.vocabulary.numbers(words_in(text))
                known = number[number >= 0]
                table[query, known] = True
                total[query] = self.model.weight[known].sum() + strange * (len(number) - len(known))
                count[query] = len(number)
        return table, total, count

    def _met(self, rows: WordRows) -> tuple[NDArray[Any], NDArray[Any]]:
        """Weight of the item's words that were typed, and of all its words (rows,)."""
        row, word = rows.of(self.candidates.item)
        weight = self.model.weight[word]
        hit = self._typed[0][self.candidates.query[row], word]
        size = len(self.candidates.item)
        return np.bincount(row, weight * hit, minlength=size), np.bincount(row, weight, minlength=size)

    def _overlap(self, rows: WordRows) -> Float32:
        total = self._typed[1][self.candidates.query]
        if not total.any():
            return np.full(len(total), np.nan, dtype=np.float32)
        return share(self._met(rows)[0], total)

    @cached_property
    def words(self) -> Float32:
        """How many different words were typed."""
        return self._typed[2][self.candidates.query].astype(np.float32)

    @cached_property
    def title_overlap(self) -> Float32:
        """Share of them that the title says, by weight; NaN = nothing typed."""
        return self._overlap(self.model.titles)

    @cached_property
    def kind_overlap(self) -> Float32:
        """Share of them that brand or category say, by weight; NaN = nothing typed."""
        return self._overlap(self.model.kinds)

    @cached_property
    def title_purity(self) -> Float32:
        """Share of the title that was typed, by weight; NaN = nothing typed or no title."""
        typed = self.words > 0
        if not typed.any():
            return np.full(len(typed), np.nan, dtype=np.float32)
        met, whole = self._met(self.model.titles)
        return share(met, np.where(typed, whole, 0))
