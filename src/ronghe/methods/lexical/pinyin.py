"""Chinese typed by its sound, or with a wrong or missing character, read as the shop's own words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.text import clean, simplified
from ronghe.methods.lexical.han_words import of_pairs, of_words
from ronghe.methods.lexical.item_words import field_words
from ronghe.methods.lexical.lexicon import Lexicon
from ronghe.methods.lexical.sound_reading import SoundReading, mended
from ronghe.methods.lexical.sound_tables import Tables
from ronghe.methods.lexical.spelling import MENDING
from ronghe.methods.lexical.text import has_han, words

REMEMBERED = 4_096


@dataclass(frozen=True)
class Pinyin:
    """Learns PinyinModel: the Chinese words of the shop and how they sound.

    letters: read what is typed in latin letters, by syllables (maojin), initials (mj) or partly (毛jin) · characters: mend
    characters that sound alike (毛今), are wrong or left out in a longer word (四牛套, 件套).
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    letters: bool = True
    characters: bool = True

    def fit(self, data: Dataset, compute: Compute) -> "PinyinModel":
        """The words of the catalogue as it is; nothing of one without Chinese."""
        fields = field_words(data.catalog, np.arange(len(data.catalog)), words)
        said = [set(chain.from_iterable(lists)) for lists in zip(*(fields[name] for name in MENDING), strict=True)]
        count = of_words(said) + of_pairs(data.catalog.title)
        known = Lexicon.of(dict.fromkeys(chain.from_iterable(chain.from_iterable(fields.values()))) if count else ())
        said_by = np.array(list(count.values()), dtype=np.int64)
        return PinyinModel(self, Lexicon.of(count), said_by, known, Lexicon.of(()), text_digest(data.catalog))


@dataclass(frozen=True, eq=False)
class PinyinModel:
    """word, said_by (words,): Chinese words and pairs of them, and how many items say each in a field that may mend · known: all
    words that items say, none where nothing is Chinese · fresh: those that came with later items · digest (items,) of what
    each item says.
    """

    learner: Pinyin
    word: Lexicon
    said_by: NDArray[np.int64]
    known: Lexicon
    fresh: Lexicon
    digest: NDArray[np.uint64]

    def rewrite(self, queries: Queries) -> Queries:
        """The queries in the shop's own characters; a text without anything to mend stays exactly as typed."""
        if not len(self.word):
            return queries
        return queries.replace(text=tuple(self._mended(text) if text else text for text in queries.text))

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "PinyinModel":
        """This model, which leaves the words of the `changed` items alone too; they mend others after the next training."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        said = chain.from_iterable(field_words(catalog, other, words).values()) if len(self.word) else ()
        grown = replace(self, fresh=self.fresh.extended(chain.from_iterable(said)), digest=digest)
        if "_tables" in self.__dict__:
            grown.__dict__["_tables"] = self._tables  # the words that mend are the same
        return grown

    @cached_property
    def _mended(self) -> "Callable[[str], str]":
        return lru_cache(maxsize=REMEMBERED)(self._mend)

    def _mend(self, text: str) -> str:
        read = simplified(clean(text))
        better = mended(read, self._reading, letters=self.learner.letters, characters=self.learner.characters)
        return text if better == read else better

    @cached_property
    def _reading(self) -> SoundReading:
        known = frozenset(self.known.words) | frozenset(self.fresh.words)
        return SoundReading(self._tables, known, frozenset(letter for word in known if has_han(word) for letter in word))

    @cached_property
    def _tables(self) -> Tables:
        return Tables.of(dict(zip(self.word.words, self.said_by.tolist(), strict=True)))
