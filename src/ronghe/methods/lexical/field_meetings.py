"""The columns of typed words against fields, for one batch of questions, each computed on first use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.vocabulary import Vocabulary
from ronghe.kernels.keyed import values_at
from ronghe.kernels.segments import place_of, segment_max, segment_min, splits_of
from ronghe.methods.lexical.bm25 import BM25Model
from ronghe.methods.lexical.meaning import MOST_WORDS
from ronghe.methods.lexical.text import terms
from ronghe.methods.looking import of_items
from ronghe.methods.word_rows import WordRows

Float32 = NDArray[np.float32]
BEST = ("title", "description", "facts")  # the parts of which the best counts; a brand is said in titles too
MEASURES = (
    "title_score", "description_score", "facts_score", "brand_score", "best_field", "best_place", "least_word",
    "title_share", "description_share", "facts_share", "said_share",
)  # fmt: skip
COLUMNS = {
    **{f"pair:{name}": name for name in MEASURES},
    "pair:title_first": "title_first", "pair:title_head": "title_head", "pair:title_after": "title_after",
    "pair:title_gaps": "title_gaps", "item:title_words": "title_words", "item:description_words": "description_words",
    "query:terms": "terms", "query:information": "information",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class FieldMeetings:
    """What each column says of each row; NaN where nothing was typed.

    index of each part · titles: numbers in `vocabulary` of each title's words · length (items,): words of each description ·
    deepest: places in the whole catalogue that are told apart.
    """

    index: Mapping[str, BM25Model]
    vocabulary: Vocabulary
    titles: WordRows
    length: NDArray[np.int64]
    deepest: int
    queries: Queries
    candidates: Candidates

    @cached_property
    def _typed(self) -> list[list[str]]:
        return [list(dict.fromkeys(terms(text)))[:MOST_WORDS] for text in self.queries.text]

    @cached_property
    def _measured(self) -> Mapping[str, Float32]:
        """Measures of all rows, query by query."""
        found = [self._of_query(self.candidates.of_query(at), said) for at, said in enumerate(self._typed)]
        return {name: np.concatenate([np.zeros(0, dtype=np.float32), *(part[name] for part in found)]) for name in MEASURES}

    def _of_query(self, items: NDArray[np.int64], said: list[str]) -> dict[str, Float32]:
        if not said or not len(items):
            return {name: np.full(len(items), np.nan, dtype=np.float32) for name in MEASURES}
        index = self.index
        tells = self._tells(said)
        total = np.zeros(len(index["title"].digest), dtype=np.float32)
        score = {part: np.zeros((len(said), len(items)), dtype=np.float32) for part in index}
        for at, word in enumerate(said):
            best = np.zeros_like(total)
            for part, of_part in index.items():
                numbers, impact = of_part.of_word(word)
                score[part][at] = values_at(items, numbers, impact, 0.0)
                if part in BEST:
                    best[numbers] = np.maximum(best[numbers], impact)
            total += best
        best_of = np.max([score[part] for part in BEST], axis=0)
        shares = {part: tells @ (score[part] > 0) for part in BEST}
        place = len(total) - np.searchsorted(np.sort(total), of_items(total, items, 0.0), side="right")
        return {
            **{f"{part}_score": score[part].sum(axis=0) for part in index},
            **{f"{part}_share": share.astype(np.float32) for part, share in shares.items()},
            "best_field": best_of.sum(axis=0), "least_word": best_of.min(axis=0),
            "best_place": np.minimum(place, self.deepest).astype(np.float32),
            "said_share": (tells @ (best_of > 0)).astype(np.float32),
        }  # fmt: skip

    def _tells(self, said: list[str]) -> NDArray[np.float64]:
        """Share of what the query tells that each of its words carries; a word nobody says tells most (words,)."""
        tells = np.array([max(of_part.tells(word) for of_part in self.index.values()) for word in said])
        shares: NDArray[np.float64] = tells / tells.sum()
        return shares

    def __getattr__(self, name: str) -> Float32:
        if name in MEASURES:
            return self._measured[name]
        raise AttributeError(name)

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Splits of the words of each row's title; their places in it, whether each was typed, and was typed last."""
        row, word = self.titles.of(self.candidates.item)
        splits = splits_of(np.bincount(row, minlength=len(self.candidates.item)))
        table = np.zeros((len(self.queries), len(self.vocabulary.ids) + 1), dtype=np.int8)  # -1, not known, falls on the last
        for query, said in enumerate(self._typed):
            table[query, self.vocabulary.numbers(said)] = 1
            table[query, self.vocabulary.numbers(said[-1:])] = 2
        table[:, -1] = 0
        kind = table[self.candidates.query[row], word]
        return splits, place_of(splits), kind > 0, kind == 2

    def _title(self, found: NDArray[np.float64]) -> Float32:
        asked = np.array([bool(said) for said in self._typed], dtype=bool)[self.candidates.query]
        return np.where(asked, np.nan_to_num(found, nan=-1.0), np.nan).astype(np.float32)

    @cached_property
    def title_first(self) -> Float32:
        """Place in the title, from 0, of the first typed word; -1 = it says none."""
        splits, place, hit, _ = self._places
        return self._title(segment_min(np.where(hit, place, np.nan), splits))

    @cached_property
    def title_head(self) -> Float32:
        """Place in the title of the last typed word, which in English says what is wanted; -1 = it is not there."""
        splits, place, _, head = self._places
        return self._title(segment_min(np.where(head, place, np.nan), splits))

    @cached_property
    def title_after(self) -> Float32:
        """How many words of the title follow the last typed word; -1 = it is not there."""
        splits, place, _, head = self._places
        return self._title(np.diff(splits) - 1 - segment_max(np.where(head, place, np.nan), splits))

    @cached_property
    def title_gaps(self) -> Float32:
        """Words of the title between the typed ones that are not typed; -1 = it says none."""
        splits, place, hit, _ = self._places
        at = np.where(hit, place, np.nan)
        many = np.bincount(np.repeat(np.arange(len(splits) - 1), np.diff(splits)), hit, minlength=len(splits) - 1)
        return self._title(segment_max(at, splits) - segment_min(at, splits) + 1 - many)

    @cached_property
    def title_words(self) -> Float32:
        """Number of words of the title; NaN = unknown item."""
        size = np.diff(self.titles.splits).astype(np.float32)
        return of_items(size, self.candidates.item, np.nan)

    @cached_property
    def description_words(self) -> Float32:
        """Number of words of the description; NaN = unknown item."""
        return of_items(self.length.astype(np.float32), self.candidates.item, np.nan)

    @cached_property
    def terms(self) -> Float32:
        """How many different words were typed."""
        return np.array([len(said) for said in self._typed], dtype=np.float32)[self.candidates.query]

    @cached_property
    def information(self) -> Float32:
        """What a typed word tells on average, in nats; NaN = nothing typed."""
        title = self.index["title"]
        tells = [np.mean([title.tells(word) for word in said]) if said else np.nan for said in self._typed]
        return np.array(tells, dtype=np.float32)[self.candidates.query]
