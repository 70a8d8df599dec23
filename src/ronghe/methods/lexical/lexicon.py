"""The words that a shop knows, by number, kept as one run of bytes."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.lexical.measures import measures_of, tolerance

MOST_ENDINGS = 8  # words that one unfinished word may stand for
_NO_MEASURES = (np.zeros(0), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Lexicon:
    """text: the words joined by line feeds, UTF-8; the n-th is word number n."""

    text: NDArray[np.uint8]

    @staticmethod
    def of(words: Iterable[str]) -> "Lexicon":
        """A lexicon of distinct words in this order."""
        return Lexicon(np.frombuffer("\n".join(words).encode(), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words by number."""
        return tuple(self.text.tobytes().decode().split("\n")) if len(self.text) else ()

    @cached_property
    def number(self) -> dict[str, int]:
        """Numbers of the words."""
        return {word: number for number, word in enumerate(self.words)}

    def extended(self, words: Iterable[str]) -> "Lexicon":
        """This lexicon with those of `words` that it lacks behind its own."""
        new = dict.fromkeys(word for word in words if word not in self.number)
        return Lexicon.of((*self.words, *new)) if new else self

    def starting(self, start: str, weight: NDArray[np.float32]) -> list[int]:
        """Words that go on from `start`, at most MOST_ENDINGS, those of the largest `weight` (words,)."""
        at = bisect_left(self._sorted, start)
        end = bisect_left(self._sorted, start + "\U0010ffff", lo=at)
        found = [self.number[word] for word in self._sorted[at:end]]
        return sorted(found, key=lambda n: (-weight[n], n))[:MOST_ENDINGS]

    def same_measure(self, word: str) -> list[int]:
        """The words that tell the measure that `word` tells in another way, 1000gb for 1tb; [] where it tells none."""
        found: dict[int, None] = {}
        for family, amount in measures_of(word):
            amounts, numbers = self._measures.get(family, _NO_MEASURES)
            low, high = np.searchsorted(amounts, [amount / (1 + tolerance(family)), amount * (1 + tolerance(family))])
            found |= dict.fromkeys(numbers[low:high].tolist())
        found.pop(self.number.get(word, -1), None)
        return list(found)

    @cached_property
    def _measures(self) -> "dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]":
        """Amounts of each family that words tell, ascending, and the numbers of these words."""
        said: dict[str, list[tuple[float, int]]] = {}
        for number, word in enumerate(self.words):
            if word[0].isdigit():
                for family, amount in measures_of(word):
                    said.setdefault(family, []).append((amount, number))
        rows = {family: sorted(pairs) for family, pairs in said.items()}
        return {f: (np.array([a for a, _ in r]), np.array([n for _, n in r], dtype=np.int64)) for f, r in rows.items()}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)
