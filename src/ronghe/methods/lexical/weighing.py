"""How much a word counts in an item: BM25F (Robertson, Zaragoza & Taylor 2004, doi:10.1145/1031171.1031181)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

FieldWords = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, eq=False)
class Weighing:
    """k1, b: as in BM25 · field -> weight of its words · field -> its mean number of words in this shop, empty ones left out."""

    k1: float
    b: float
    weight: dict[str, float]
    mean: dict[str, float]

    @staticmethod
    def of(fields: FieldWords, k1: float, b: float, weight: Mapping[str, float]) -> "Weighing":
        """The weighing whose mean lengths are those of `fields`."""
        length = {name: np.array([len(words) for words in lists]) for name, lists in fields.items()}
        mean = {name: float(n[n > 0].mean()) if (n > 0).any() else 1.0 for name, n in length.items()}
        return Weighing(k1, b, {name: float(w) for name, w in weight.items()}, mean)

    def counts(
        self, fields: FieldWords, number: Callable[[str], int], words: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """word, place in the lists, and weighted count tf' of each pair that occurs (pairs,).

        tf' = sum over fields of weight * tf / (1 - b + b * length / mean length).
        """
        pair, count = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        for name, lists in fields.items():
            if self.weight[name] > 0:
                length = np.array([len(said) for said in lists], dtype=np.int64)
                word = np.fromiter(map(number, chain.from_iterable(lists)), dtype=np.int64, count=int(length.sum()))
                each = self.weight[name] / (1.0 - self.b + self.b * length / self.mean[name])
                pair.append(np.repeat(np.arange(len(lists)), length) * words + word)
                count.append(np.repeat(each, length))
        distinct, at = np.unique(np.concatenate(pair), return_inverse=True)
        total = np.bincount(at, np.concatenate(count), minlength=len(distinct)).astype(np.float64)
        return distinct % words, distinct // words, total

    def impact(self, count: NDArray[np.float64], info: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of each pair: info * tf' (k1 + 1) / (tf' + k1)."""
        return info * count * (self.k1 + 1.0) / (count + self.k1)


def information(said_by: NDArray[np.int64] | int, items: int) -> NDArray[np.float64]:
    """What a word tells: ln(1 + (N - n + 1/2) / (n + 1/2)) where n of N items say it."""
    n = np.asarray(said_by, dtype=np.float64)
    return np.log1p((max(items, 1) - n + 0.5).clip(min=0.0) / (n + 0.5))
