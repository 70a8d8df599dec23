"""The different words of each item as ragged rows of numbers, and the cutting of text into words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.segments import Splits, segment_of, splits_of

# A run of letters and digits, or one sign of a script that writes no spaces (Han, kana).
WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\W_぀-ヿ㐀-䶿一-鿿豈-﫿]+")


def words_in(text: str) -> list[str]:
    """The different words of a text in their order, in one width and case; a plural s is dropped."""
    words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return list(dict.fromkeys(w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in words))


@dataclass(frozen=True, eq=False)
class WordRows:
    """splits (items+1,) · word: number of each different word of each item (rows,)."""

    splits: Splits
    word: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.splits) - 1

    @staticmethod
    def empty() -> "WordRows":
        """No items."""
        return WordRows(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def of(self, item: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row in `item` and number of each word of these items; items that are not known have none."""
        known = np.flatnonzero((item >= 0) & (item < len(self)))
        start = self.splits[item[known]]
        length = self.splits[item[known] + 1] - start
        splits = splits_of(length)
        return np.repeat(known, length), self.word[np.repeat(start - splits[:-1], length) + np.arange(splits[-1])]

    def replaced(self, changed: NDArray[np.int64], words: Sequence[NDArray[np.int64]]) -> "WordRows":
        """These rows with other `words` for the items `changed`, new ones appended."""
        items = max(len(self), int(changed.max()) + 1 if len(changed) else 0)
        fresh = np.zeros(items, dtype=bool)
        fresh[changed] = True
        owner = segment_of(self.splits)
        stays = ~fresh[owner]
        owner = np.concatenate([owner[stays], np.repeat(changed, [len(w) for w in words])])
        word = np.concatenate([self.word[stays], *words])
        order = np.argsort(owner, kind="stable")
        return WordRows(splits_of(np.bincount(owner, minlength=items)), word[order])
