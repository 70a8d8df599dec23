"""Texts by how their words sound: which of them have a Chinese word whose pinyin or initials go on from what was typed."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.lexical.han_words import cut
from ronghe.methods.lexical.sounds import heard, readings
from ronghe.methods.lexical.text import HAN, has_han

LONGEST = 24  # letters of a text's sound that are compared
STARTS = 8  # characters of a text that may be its beginning
READINGS = 2  # of a run of characters that has more
_LAST = "\U0010ffff"


@dataclass(frozen=True, eq=False)
class SoundStarts:
    """sound: sorted · text (rows,): number of the text that goes on so · first (rows,): from its first character."""

    sound: tuple[str, ...]
    text: NDArray[np.int64]
    first: NDArray[np.bool_]

    @staticmethod
    def of(texts: Sequence[str]) -> "SoundStarts":
        """Of texts as `letters` gives them; texts without Chinese have no sound."""
        rows = sorted({row for number, text in enumerate(texts) if has_han(text) for row in _starts(text, number)})
        text, first = (np.array([row[at] for row in rows]) for at in (1, 2))
        return SoundStarts(tuple(row[0] for row in rows), text.astype(np.int64), first.astype(bool))

    def after(self, typed: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Numbers of the texts with a word that sounds as `typed` begins, letters and characters mixed as they come, and whether
        it is the first; a text may come more than once.
        """
        rows = [np.arange(*self._between(sound)) for sound in _typed(typed)] if self.sound else []
        at = np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int64)
        return self.text[at], self.first[at]

    def _between(self, sound: str) -> tuple[int, int]:
        low = bisect_left(self.sound, sound)
        return low, bisect_left(self.sound, sound + _LAST, lo=low)


def _starts(text: str, number: int) -> Iterator[tuple[str, int, bool]]:
    """Sound from each of the first characters on, by syllables and by initials."""
    starts = 0
    for run in HAN.finditer(text):
        several = [readings(word) for word in cut(run.group())]
        for chosen in islice(product(*several), READINGS):
            syllables = [one for word in chosen for one in word]
            for at in range(min(len(syllables), STARTS - starts)):
                first = run.start() + at == 0
                yield "".join(syllables[at:])[:LONGEST], number, first
                yield "".join(one[0] for one in syllables[at:])[:LONGEST], number, first
        starts += len(run.group())
        if starts >= STARTS:
            return


def _typed(typed: str) -> list[str]:
    """What was typed as letters: characters by their sound, gaps left out."""
    asked, end = [""], 0
    for run in HAN.finditer(typed):
        between, end = typed[end : run.start()], run.end()
        sounds = dict.fromkeys([*heard(run.group(), cut(run.group())), *heard(run.group(), list(run.group()))])
        asked = [one + between + sound for one in asked for sound in sounds][:16]
    plain = ["".join((one + typed[end:]).replace("'", "").split()) for one in asked]
    return [one[:LONGEST] for one in plain if one.isascii() and one.isalpha()]
