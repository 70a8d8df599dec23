"""How the typed words meet each field of an item: BM25 of the fields apart, the best of them (DisMax), and where in the title."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.vocabulary import Vocabulary
from ronghe.kernels.resized import resized
from ronghe.methods.lexical.bm25 import BM25, BM25Model
from ronghe.methods.lexical.field_meetings import COLUMNS, FieldMeetings
from ronghe.methods.lexical.item_words import FIELDS, field_words
from ronghe.methods.lexical.text import terms
from ronghe.methods.looking import asked
from ronghe.methods.word_rows import WordRows

PARTS = {"title": ("title",), "description": ("description",), "facts": ("category", "attributes"), "brand": ("brand",)}


@dataclass(frozen=True)
class FieldWords:
    """Learns FieldWordsModel: an index of each field.

    k1: how soon a repeated word stops adding · b: how much long fields are held back, 0 … 1 · deepest: places in the whole
    catalogue that are told apart; all beyond count as this one.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    k1: float = 1.2
    b: float = 0.75
    deepest: int = 300

    def __post_init__(self) -> None:
        for name, high in {"k1": 100.0, "b": 1.0}.items():
            if not 0.0 <= getattr(self, name) <= high:
                raise BadRecipe(f"field-words.{name} is {getattr(self, name)}; right would be a number from 0 to {high:g}")
        if self.deepest < 1:
            raise BadRecipe(f"field-words.deepest is {self.deepest}; right would be 1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "FieldWordsModel":
        """The indexes of the catalogue as it is."""
        everything = np.arange(len(data.catalog))
        fields, digest = field_words(data.catalog, everything, terms), text_digest(data.catalog)
        index = {part: self.learner(part).of_words({n: fields[n] for n in names}, digest) for part, names in PARTS.items()}
        empty = FieldWordsModel(self, index, (), WordRows.empty(), np.zeros(0, dtype=np.int64))
        return empty.with_titles(fields["title"], [len(said) for said in fields["description"]], everything)

    def learner(self, part: str) -> BM25:
        """BM25 of the fields of one part alone, which finds whatever says a word."""
        weights = {name: float(name in PARTS[part]) for name in FIELDS}
        return BM25(**{**asdict(BM25()), **weights, "k1": self.k1, "b": self.b, "least": 0.0, "near": 0.0})


@dataclass(frozen=True, eq=False)
class FieldWordsModel:
    """index of each part of PARTS · terms: the words of titles, a word's number is its place · titles: the words of each
    item's title in their order, repeated ones too · length (items,): words of each description.
    """

    learner: FieldWords
    index: dict[str, BM25Model]
    terms: tuple[str, ...]
    titles: WordRows
    length: NDArray[np.int64]

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return tuple(COLUMNS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Words of titles <-> their numbers."""
        return Vocabulary(self.terms)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,); the properties of FieldMeetings say what each means."""
        meetings = FieldMeetings(self.index, self.vocabulary, self.titles, self.length, self.learner.deepest, queries, candidates)
        return asked(meetings, COLUMNS, names)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "FieldWordsModel":
        """This model with what the `changed` items say now; what words tell stays as it was learned."""
        index = {part: model.with_catalog(catalog, changed) for part, model in self.index.items()}
        other = restated(next(iter(self.index.values())).digest, catalog, changed)[0]
        rows = catalog.table.select("title", "description", "deleted")[other.tolist()]
        said = [("", "") if gone else (title, text) for title, text, gone in rows.iter_rows()]
        titles, lengths = [terms(title) for title, _ in said], [len(terms(text)) for _, text in said]
        return replace(self, index=index).with_titles(titles, lengths, other) if len(other) else replace(self, index=index)

    def with_titles(self, titles: Sequence[Sequence[str]], lengths: Sequence[int], items: NDArray[np.int64]) -> "FieldWordsModel":
        """This model with the title words and description lengths of `items`."""
        vocabulary = self.vocabulary.extended(list(dict.fromkeys(word for title in titles for word in title)))
        rows = self.titles.replaced(items, [vocabulary.numbers(title) for title in titles])
        length = resized(self.length, len(rows), 0)
        length[items] = lengths
        return replace(self, terms=vocabulary.ids, titles=rows, length=length)
