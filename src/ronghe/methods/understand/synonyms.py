"""Synonyms: who types sneaker also finds what says trainer, below what says sneaker; the words come from the shop's own file."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import ClassVar

from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Also, Queries
from ronghe.methods.understand.phrases import Phrase, found_in, phrase

REMEMBERED = 4_096


@dataclass(frozen=True)
class Synonyms:
    """What the synonyms file says is searched beside what was typed.

    weight: what a synonym adds, against the typed word in its place, above 0 to 1 · most: synonyms that one phrase may have ·
    pairs: further ones of what is typed and what is searched beside it, before those of the file.
    """

    relaxes: ClassVar[str] = "synonyms"  # the step of [search] relax at which it is asked to be bolder

    weight: float = 0.5
    most: int = 8
    pairs: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.weight <= 1.0:
            raise BadRecipe(f"synonyms.weight is {self.weight}; right would be above 0, at most 1")
        if self.most < 1:
            raise BadRecipe(f"synonyms.most is {self.most}; right would be 1 or more")

    def rewrite(self, queries: Queries) -> Queries:
        """The queries with what may stand for their words; the texts stay as they are."""
        if not self.pairs:
            return queries
        told = zip(queries.text, queries.also, strict=True)
        return queries.replace(also=tuple((*also, *self._of(text)) if text else also for text, also in told))

    def with_synonyms(self, pairs: tuple[tuple[str, str], ...]) -> "Synonyms":
        """The same with these further pairs of what is typed and what is searched beside it."""
        return replace(self, pairs=tuple(dict.fromkeys((*self.pairs, *pairs))))

    def bolder(self) -> "Synonyms":
        """The same for questions that found nothing: one-way pairs go both ways, and what a synonym stands for counts too."""
        beside: dict[str, dict[str, None]] = defaultdict(dict)
        for one, other in self.pairs:
            beside[one][other] = beside[other][one] = None
        further = {(one, far): None for one in beside for near in beside[one] for far in (near, *beside[near]) if far != one}
        return replace(self, pairs=tuple(dict.fromkeys((*self.pairs, *further))))

    @cached_property
    def _of(self) -> "Callable[[str], tuple[Also, ...]]":
        return lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, text: str) -> tuple[Also, ...]:
        found = dict.fromkeys(found_in(phrase(text), self._known))
        typed = [self.pairs[at][0] for at in found]
        return tuple((one, other, self.weight) for one in typed for other in self._others[phrase(one)][: self.most])

    @cached_property
    def _known(self) -> dict[Phrase, int]:
        """Each phrase that has synonyms, with the first pair that says so."""
        known: dict[Phrase, int] = {}
        for at, (one, _) in enumerate(self.pairs):
            known.setdefault(phrase(one), at)
        return known

    @cached_property
    def _others(self) -> dict[Phrase, list[str]]:
        found: dict[Phrase, dict[str, None]] = defaultdict(dict)
        for one, other in self.pairs:
            found[phrase(one)][other] = None
        return {one: list(others) for one, others in found.items()}
