"""Which items have what a search denies: by their facets, or by their titles; what these deny too is all the more wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.understand.negatives import NAMED, SAID, UNKNOWN, Denied
from ronghe.methods.understand.phrases import Phrase, phrase
from ronghe.methods.understand.titles import Titles

SHORTEST = 3  # letters of a word that counts because titles say it
TOGETHER = 0.5  # share of the titles that say the rarest of some words, from which on these words are one thing
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Deniable:
    """having: booleans of the items that a facet says have what some words name, None = they name nothing · titles of all items ·
    items: how many there are.
    """

    having: Callable[[Phrase], Mask | None]
    titles: Titles
    items: int

    def known(self, words: str) -> int:
        """NAMED where a facet goes by these words, SAID where a title says them and they are one thing, else UNKNOWN."""
        said = phrase(words)
        if not said:
            return UNKNOWN
        if self.having(said) is not None:
            return NAMED
        whole = "".join(said)
        if (whole.isascii() and len(whole) < SHORTEST) or not len(self.titles.saying(words)[0]):
            return UNKNOWN
        return SAID if not whole.isascii() or len(said) == 1 or self._is_one_thing(said, words) else UNKNOWN

    def hyphens(self, left: str, right: str) -> bool:
        """Whether a title writes two words as one."""
        return self.titles.hyphens(left, right)

    def left_by(self, found: Denied, typed: str) -> tuple[Mask, bool]:
        """Which items have nothing of what was denied, or say all that was typed (items,); and whether it is the name of one."""
        left = np.ones(self.items, dtype=bool)
        for words in found.words:
            has, (says, denies) = self.having(phrase(words)), self.titles.saying(words)
            out = np.zeros(self.items, dtype=bool) if has is None else has.copy()
            out[says], out[denies] = True, False
            left &= ~out
        held, is_a_name = self.titles.holding(typed)
        left[held] = True
        return left, is_a_name

    def denying(self, words: Sequence[str]) -> Mask:
        """Which items say of themselves that they have none of one of these (items,)."""
        says_so = np.zeros(self.items, dtype=bool)
        for one in words:
            says_so[self.titles.saying(one)[1]] = True
        return says_so

    def _is_one_thing(self, said: Phrase, words: str) -> bool:
        together, apart = self.titles.saying(words), [self.titles.saying(word) for word in said]
        return sum(map(len, together)) >= TOGETHER * min(sum(map(len, each)) for each in apart)
