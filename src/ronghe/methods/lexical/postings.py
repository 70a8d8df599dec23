"""Which items say which word, and how much that counts: an inverted index as three plain arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.segments import Splits, segment_of


@dataclass(frozen=True, eq=False)
class Postings:
    """splits (words+1,) cuts the rows by word · item (rows,) ascending within a word · impact (rows,): score it adds."""

    splits: Splits
    item: NDArray[np.int32]
    impact: NDArray[np.float32]

    @staticmethod
    def of(word: NDArray[np.int64], item: NDArray[np.int64], impact: NDArray[Any], words: int) -> "Postings":
        """Postings of rows in any order, each (word, item) once."""
        order = np.lexsort((item, word))
        splits = np.concatenate([[0], np.cumsum(np.bincount(word, minlength=words))]).astype(np.int64)
        return Postings(splits, item[order].astype(np.int32), impact[order].astype(np.float32))

    @staticmethod
    def empty() -> "Postings":
        """No words."""
        nothing = np.zeros(0, dtype=np.int64)
        return Postings.of(nothing, nothing, nothing.astype(np.float32), 0)

    def of_word(self, word: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Items that say the word, ascending, and its impact in each; none for a word beyond these postings."""
        if word + 1 >= len(self.splits):
            return self.item[:0], self.impact[:0]
        at = slice(self.splits[word], self.splits[word + 1])
        return self.item[at], self.impact[at]

    @property
    def said_by(self) -> NDArray[np.int64]:
        """How many items say each word (words,)."""
        return np.diff(self.splits)

    def without(self, items: NDArray[np.bool_]) -> "Postings":
        """These postings less the items where the mask is true; items beyond its length stay."""
        known = self.item < len(items)
        keep = ~known
        keep[known] = ~items[self.item[known]]
        splits = np.concatenate([[0], np.cumsum(keep)])[self.splits].astype(np.int64)
        return Postings(splits, self.item[keep], self.impact[keep])

    def with_more(self, more: "Postings") -> "Postings":
        """These and `more`, of other items, together."""
        words = max(len(self.splits), len(more.splits)) - 1
        word = np.concatenate([segment_of(self.splits), segment_of(more.splits)])
        item = np.concatenate([self.item, more.item]).astype(np.int64)
        return Postings.of(word, item, np.concatenate([self.impact, more.impact]), words)
