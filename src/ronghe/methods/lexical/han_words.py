"""The Chinese words of a shop: as they are cut, and the pairs of them that titles say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import rjieba

from ronghe.core.text import clean, simplified
from ronghe.methods.lexical.text import HAN, has_han

LONGEST = 6  # characters of a word, and of a pair, that is kept
MOST_PAIRS = 50_000  # the pairs that most titles say


def of_words(said: Iterable[Iterable[str]]) -> Counter[str]:
    """How many of the texts, given as the words each says, say each Chinese word of two characters or more."""
    return Counter(word for words in said for word in set(words) if 2 <= len(word) <= LONGEST and has_han(word))


def of_pairs(titles: Sequence[str]) -> Counter[str]:
    """How many titles say each two neighbouring words, written as one: 记忆枕 in shops whose dictionary knows 记忆 only."""
    found = Counter(pair for title in titles if has_han(title) for pair in set(_pairs(title)))
    return Counter(dict(found.most_common(MOST_PAIRS)))


def runs(text: str) -> list[str]:
    """The runs of Chinese characters of a text, in simplified ones."""
    return HAN.findall(simplified(clean(text)))


def cut(run: str) -> list[str]:
    """A run of Chinese characters as words, each character in one of them."""
    words: list[str] = rjieba.cut(run)
    return words


def _pairs(title: str) -> Iterable[str]:
    for run in runs(title):
        for left, right in pairwise(cut(run)):
            if len(left) + len(right) <= LONGEST:
                yield left + right
