"""The words that a shop knows, by number, kept as one run of bytes."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MOST_ENDINGS = 8  # words that one unfinished word may stand for


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

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)
