"""Texts by the beginnings of their words: which of them have a word that goes on from what was typed."""

import re
import string
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.text import clean, simplified
from ronghe.methods.lexical.sound_starts import SoundStarts
from ronghe.methods.lexical.text import has_han

LONGEST = 48  # letters of a text that are compared
STARTS = 8  # words (Chinese: characters) of a text that may be its beginning
_START = re.compile(r"[\u3400-\u9fff]|(?<![^\W_])[^\W_]")
_LAST = "\U0010ffff"


def letters(text: str) -> str:
    """The text as it is compared: lower case, without accents and markup, Chinese in simplified characters."""
    text = clean(text).lower()
    if text.isascii():
        return text
    text = simplified(text)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@dataclass(frozen=True, eq=False)
class Beginnings:
    """texts: as `letters` gives them."""

    texts: tuple[str, ...]

    def after(self, typed: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Numbers of the texts with a word that `typed` begins, or its sound if it is Chinese, and whether it is the first; a
        text may come more than once.
        """
        found, first = self._written(typed[:LONGEST])
        if self._sounds is None or (len(found) and not typed.isascii()):  # what is written so comes before what sounds so
            return found, first
        heard, begins = self._sounds.after(typed)
        return np.concatenate([found, heard]), np.concatenate([first, begins])

    def _written(self, typed: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        text, at, _ = self._starts
        low = bisect_left(range(len(at)), typed, key=lambda n: self.texts[text[n]][at[n] : at[n] + LONGEST])
        high = bisect_left(range(len(at)), typed + _LAST, lo=low, key=lambda n: self.texts[text[n]][at[n] : at[n] + LONGEST])
        return text[low:high], at[low:high] == 0

    def near(self, typed: str) -> list[str]:
        """`typed` with one letter mended in its first word that begins no word of the texts."""
        said = typed.split(" ")
        for place, word in enumerate(said):
            if not self._begins(word):
                found = [other for other in one_letter_off(word) if self._begins(other)]
                return [" ".join([*said[:place], other, *said[place + 1 :]]) for other in found]
        return []

    def _begins(self, start: str) -> bool:
        at = bisect_left(self._words, start)
        return at < len(self._words) and self._words[at].startswith(start)

    @cached_property
    def _sounds(self) -> "SoundStarts | None":
        """The texts by their sound; None where none is Chinese."""
        return SoundStarts.of(self.texts) if any(map(has_han, self.texts)) else None

    @cached_property
    def _words(self) -> list[str]:
        return sorted({word for text in self.texts for word in text.split(" ")})

    @cached_property
    def _starts(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Text and letter of each start, in the order of what follows."""
        found = [(text, hit.start()) for text, said in enumerate(self.texts) for hit in _first(said)]
        found.sort(key=lambda start: (self.texts[start[0]][start[1] : start[1] + LONGEST], start))
        pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0].copy(), pairs[:, 1].copy(), len(pairs)


def _first(text: str) -> list["re.Match[str]"]:
    return list(_START.finditer(text))[:STARTS]


def one_letter_off(word: str) -> list[str]:
    """Words of three letters or more: `word` with two neighbours swapped, a letter changed, left out or put in, but the first."""
    if len(word) < 3 or not word.isalpha():
        return []
    cut = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    swapped = [a + b[1] + b[0] + b[2:] for a, b in cut if len(b) > 1]
    changed = [a + c + b[1:] for a, b in cut if b for c in string.ascii_lowercase]
    less = [a + b[1:] for a, b in cut if b]
    more = [a + c + b for a, b in cut for c in string.ascii_lowercase]
    return [other for other in dict.fromkeys([*swapped, *less, *changed, *more]) if len(other) >= 3 and other != word]
