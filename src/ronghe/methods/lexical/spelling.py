"""Typing errors, mended with the shop's own words (symmetric deletes: Garbe 2012)."""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.text import clean
from ronghe.methods.lexical.item_words import field_words
from ronghe.methods.lexical.lexicon import Lexicon
from ronghe.methods.lexical.text import has_han, stem, words

MENDING = ("title", "brand", "category", "attributes")  # fields whose words may replace a typed one
REMEMBERED = 4_096


@dataclass(frozen=True)
class Spelling:
    """Learns SpellingModel: the words of the shop and how many items say each.

    shortest: letters below which a word stays as typed · two_from: letters from which two errors are mended, below one ·
    least: items that must say a word before it may replace a typed one.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    shortest: int = 4
    two_from: int = 8
    least: int = 1

    def __post_init__(self) -> None:
        for name, low in (("shortest", 2), ("two_from", 4), ("least", 1)):
            if getattr(self, name) < low:
                raise BadRecipe(f"spelling.{name} is {getattr(self, name)}; right would be a number from {low}")

    def fit(self, data: Dataset, compute: Compute) -> "SpellingModel":
        """The words of the catalogue as it is."""
        fields = field_words(data.catalog, np.arange(len(data.catalog)), words)
        said = [set(chain.from_iterable(lists)) for lists in zip(*(fields[name] for name in MENDING), strict=True)]
        lexicon = Lexicon.of(dict.fromkeys(chain(chain.from_iterable(map(sorted, said)), *fields["description"])))
        number = np.fromiter((lexicon.number[word] for word in chain.from_iterable(said)), dtype=np.int64)
        said_by = np.bincount(number, minlength=len(lexicon)).astype(np.int64)
        return SpellingModel(self, lexicon, said_by, Lexicon.of(()), text_digest(data.catalog))


@dataclass(frozen=True, eq=False)
class SpellingModel:
    """said_by (words,): items that say each word in a field that may mend · fresh: words that came with later items ·
    digest (items,) of what each item says.
    """

    learner: Spelling
    lexicon: Lexicon
    said_by: NDArray[np.int64]
    fresh: Lexicon
    digest: NDArray[np.uint64]

    def rewrite(self, queries: Queries) -> Queries:
        """The queries with typing errors mended; a text without any stays exactly as typed."""
        return queries.replace(text=tuple(self._mended(text) if text else text for text in queries.text))

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "SpellingModel":
        """This model, which leaves the words of the `changed` items alone too; they mend others after the next training."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        said = chain.from_iterable(chain.from_iterable(field_words(catalog, other, words).values()))
        new = [word for word in dict.fromkeys(said) if word not in self._known]
        grown = replace(self, fresh=self.fresh.extended(new), digest=digest)
        grown.__dict__["_near"] = self._near  # the words that mend are the same
        return grown

    @cached_property
    def _mended(self) -> "Callable[[str], str]":
        return lru_cache(maxsize=REMEMBERED)(self._mend)

    def _mend(self, text: str) -> str:
        typed = words(text)
        meant = [self._meant(word, alone=len(typed) == 1) for word in typed]
        return text if meant == typed else _put(text, dict(zip(typed, meant, strict=True)))

    def _meant(self, word: str, alone: bool) -> str:
        plain = len(word) >= self.learner.shortest and word.isalpha() and not has_han(word)
        if not plain or word in self._known or stem(word) in self._stems:
            return word
        errors = 2 if len(word) >= self.learner.two_from else 1
        near = self._near.lookup(word, _closest(), max_edit_distance=errors)
        if not alone:  # first letters are seldom wrong: beside chocolate, "dark" is a word the shop lacks and not its bark
            near = [n for n in near if n.distance + (n.term[0] != word[0]) <= errors]
        ended = [n for n in near if n.term.startswith(word)]
        if not near or (self._begins(word) and not ended):  # "choc" is short for chocolate, not a misspelt chop
            return word
        return str(min(ended or near, key=lambda n: (n.distance, n.term[0] != word[0], -n.count, n.term)).term)

    def _begins(self, word: str) -> bool:
        """Whether some word of the shop goes on from this one."""
        at = bisect_left(self._sorted, word)
        return at < len(self._sorted) and self._sorted[at].startswith(word)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._known)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.lexicon.words) | frozenset(self.fresh.words)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(map(stem, self._known))

    @cached_property
    def _near(self) -> Any:
        """Index of deletes over the words that may mend."""
        from symspellpy import SymSpell

        index = SymSpell(max_dictionary_edit_distance=2, prefix_length=7, count_threshold=1)
        for word, said_by in zip(self.lexicon.words, self.said_by.tolist(), strict=True):
            if said_by >= self.learner.least and len(word) >= self.learner.shortest - 1 and word.isalpha() and not has_han(word):
                index.create_dictionary_entry(word, said_by)
                if one := _singular(word):
                    index.create_dictionary_entry(one, 1)  # "bananna" is near "banana", not "bananas"
        return index


def _singular(word: str) -> str:
    """The word without its plural s, where it looks like one."""
    return word[:-1] if len(word) > 4 and word[-1] == "s" and word[-2] not in "sui" else ""


def _closest() -> Any:
    from symspellpy import Verbosity

    return Verbosity.CLOSEST


def _put(text: str, meant: Mapping[str, str]) -> str:
    """The text with the words of `meant` replaced, the rest of it as it was."""
    text = clean(text)
    for word, better in meant.items():
        if word != better:
            text = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", better, text, flags=re.IGNORECASE)
    return text
