"""Typing errors, mended with the shop's own words (symmetric deletes: Garbe 2012)."""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
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
BOLD = 5  # letters from which two errors are mended where nothing was found
RARE, USUAL, USUAL_LETTERS = 2, 50, 6  # said by so few, a word of so many letters may be one that so many times as many say


@dataclass(frozen=True)
class Spelling:
    """Learns SpellingModel: the words of the shop and how many items say each.

    shortest: letters below which a word stays as typed · two_from: letters from which two errors are mended, below one ·
    least: items that must say a word before it may replace a typed one · certain: how many times as many items must say a word
    as say the next near one, or it is only asked back whether it was meant; 0 = it always replaces.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    shortest: int = 4
    two_from: int = 8
    least: int = 1
    certain: float = 3.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.certain <= 1e6:
            raise BadRecipe(f"spelling.certain is {self.certain}; right would be a number from 0 to 1000000")
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

    relaxes: ClassVar[str] = "spelling"  # the step of [search] relax at which it is asked to be bolder

    def rewrite(self, queries: Queries) -> Queries:
        """The queries with typing errors mended where that is certain, and else with what may have been meant beside them; a text
        without any stays exactly as typed.
        """
        read = [self._mended(text) if text else (text, "") for text in queries.text]
        maybe = tuple(other or before for (_, other), before in zip(read, queries.maybe, strict=True))
        return queries.replace(text=tuple(text for text, _ in read), maybe=maybe)

    def bolder(self) -> "SpellingModel":
        """The same for questions that found nothing: it replaces what it would only ask back, and more of a short word."""
        learner = replace(self.learner, certain=0.0, two_from=min(self.learner.two_from, BOLD))
        return self._like(replace(self, learner=learner))

    def with_synonyms(self, pairs: Sequence[tuple[str, str]]) -> "SpellingModel":
        """This model, which leaves alone what has a synonym, too."""
        new = [word for word in dict.fromkeys(chain.from_iterable(words(typed) for typed, _ in pairs)) if word not in self._known]
        return self._like(replace(self, fresh=self.fresh.extended(new))) if new else self

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "SpellingModel":
        """This model, which leaves the words of the `changed` items alone too; they mend others after the next training."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        said = chain.from_iterable(chain.from_iterable(field_words(catalog, other, words).values()))
        new = [word for word in dict.fromkeys(said) if word not in self._known]
        return self._like(replace(self, fresh=self.fresh.extended(new), digest=digest))

    def _like(self, other: "SpellingModel") -> "SpellingModel":
        """The other model, in which the same words mend."""
        other.__dict__["_near"] = self._near
        return other

    @cached_property
    def _mended(self) -> "Callable[[str], tuple[str, str]]":
        return lru_cache(maxsize=REMEMBERED)(self._mend)

    def _mend(self, text: str) -> tuple[str, str]:
        """The text with what is certain mended, and with all that may be; "" = there is no more."""
        typed = words(text)
        meant = [self._meant(word, alone=len(typed) == 1) for word in typed]
        sure = {word: other for word, (other, certain) in zip(typed, meant, strict=True) if certain and other != word}
        every = {word: other for word, (other, _) in zip(typed, meant, strict=True) if other != word}
        maybe = _put(text, every) if len(every) > len(sure) else ""
        return (_put(text, sure) if sure else text), maybe

    def _meant(self, word: str, alone: bool) -> tuple[str, bool]:
        """What was meant by a word, and whether that is certain."""
        plain = len(word) >= self.learner.shortest and word.isalpha() and not has_han(word)
        if not plain:
            return word, True
        if word in self._known or stem(word) in self._stems:
            return self._usual(word), False
        errors = 2 if len(word) >= self.learner.two_from else 1
        near = self._near.lookup(word, _closest(), max_edit_distance=errors)
        if not alone:  # first letters are seldom wrong: beside chocolate, "dark" is a word the shop lacks and not its bark
            near = [n for n in near if n.distance + (n.term[0] != word[0]) <= errors]
        ended = [n for n in near if n.term.startswith(word)]
        if not near or (self._begins(word) and not ended):  # "choc" is short for chocolate, not a misspelt chop
            return word, True
        first, *others = sorted(ended or near, key=lambda n: (n.distance, n.term[0] != word[0], -n.count, n.term))
        rivals = [
            n for n in others if n.distance == first.distance and n.term[0] == first.term[0] and stem(n.term) != stem(first.term)
        ]
        certain = not rivals or first.count >= self.learner.certain * max(n.count for n in rivals)
        return str(first.term), certain

    def _usual(self, word: str) -> str:
        """The word that hardly anything says, or the one beside it that very many say."""
        times = self._times.get(word, 0)
        if times > RARE or len(word) < USUAL_LETTERS or word in self._fresh:
            return word
        near = [n for n in self._near.lookup(word, _all_near(), max_edit_distance=1) if n.distance == 1 and n.term[0] == word[0]]
        best = max(near, key=lambda n: (n.count, n.term), default=None)
        usual = best is not None and best.count >= USUAL * max(times, 1) and stem(best.term) != stem(word)
        return str(best.term) if usual and best is not None else word

    @cached_property
    def _times(self) -> dict[str, int]:
        """How many items say each word."""
        return dict(zip(self.lexicon.words, self.said_by.tolist(), strict=True))

    @cached_property
    def _fresh(self) -> frozenset[str]:
        return frozenset(self.fresh.words)

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


def _all_near() -> Any:
    from symspellpy import Verbosity

    return Verbosity.ALL


def _put(text: str, meant: Mapping[str, str]) -> str:
    """The text with the words of `meant` replaced, the rest of it as it was."""
    text = clean(text)
    for word, better in meant.items():
        if word != better:
            text = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", better, text, flags=re.IGNORECASE)
    return text
