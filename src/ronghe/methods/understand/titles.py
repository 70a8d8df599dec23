"""What the titles of a shop say and what they deny: "Biscuits without sugar" speaks of sugar, and has none."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.methods.understand.phrases import TOKEN, Phrase, phrase, plain

REMEMBERED = 256  # phrases whose titles are kept at hand
AROUND = 40  # letters before a word among which it may be denied
_LETTER = r"[^\W_\u3400-\u9fff]"
_DENIAL = (
    rf"(?:(?<!{_LETTER})(?:without|w/o|not|no|non|zero|free (?:of|from)|excl(?:uding|\.)?|except(?: for)?)(?!{_LETTER})"
    r"|不含|不带|不加|没有|[无不非免零]|(?<![\d.])0(?=[\u3400-\u9fff]))"
)
_BEFORE = re.compile(
    rf"{_DENIAL}[\s-]*(?:(?:any|added|an?)\s+|添加)*"
    rf"(?:{_LETTER}+\s*(?:/|&|\s(?:and|or|nor)\s)\s*|[\u3400-\u9fff]{{1,6}}[、和或及])?$"  # "without nuts or raisins"
)
_AFTER = re.compile(rf"[\s-]*free(?!{_LETTER})")
_ANY_DENIAL = re.compile(rf"{_DENIAL}|{_AFTER.pattern}")
Items = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Titles:
    """text: the `plain` title of each item on a line of its own, in UTF-8, "" of a deleted one · denies (items,): whether a title
    denies anything.
    """

    text: NDArray[np.uint8]
    denies: NDArray[np.bool_]

    @staticmethod
    def none() -> "Titles":
        """Titles of no items."""
        return Titles(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=bool))

    def with_catalog(self, catalog: Catalog, items: Items) -> "Titles":
        """These with what the titles of `items` say now."""
        lines = [*self._lines, *[""] * (len(catalog) - len(self._lines))]
        denies = np.pad(self.denies, (0, len(lines) - len(self.denies)))
        gone = catalog.table["deleted"]
        for item in items.tolist():
            lines[item] = "" if gone[item] else plain(catalog.title[item])
            denies[item] = _ANY_DENIAL.search(lines[item]) is not None
        return Titles(np.frombuffer("".join(f"{line}\n" for line in lines).encode(), dtype=np.uint8), denies)

    @cached_property
    def saying(self) -> "Callable[[str], tuple[Items, Items]]":
        """Of some words, one after the other: items whose titles say them, and those whose titles do but to deny them."""
        return lru_cache(maxsize=REMEMBERED)(self._saying)

    def holding(self, text: str) -> tuple[Items, bool]:
        """Items whose titles say all words of a `plain` text, one after the other, with a hyphen where it has one; and whether one
        says nothing else.
        """
        said = phrase(text)
        items = np.unique(self._items(self._places(said, ["-" in gap for gap in TOKEN.split(text)[1:]])[:, 0]))
        return items, any(phrase(self._lines[item]) == said for item in items.tolist())

    def hyphens(self, left: str, right: str) -> bool:
        """Whether a title writes two words as one, with a hyphen or without: wi-fi, wifi, "smart -ups"."""
        ends = (hit.end() for hit in re.finditer(rf"{re.escape(left)}(?:\s?-)?{re.escape(right)}", self._all))
        return any(not _is_letter(self._all[end]) for end in ends)

    def _saying(self, words: str) -> tuple[Items, Items]:
        places = self._places(phrase(words))
        item = self._items(places[:, 0])
        denied = self.denies[item]
        denied[denied] = [is_denied(self._all, start, end) for start, end in places[denied].tolist()]
        says = np.unique(item[~denied])
        return says, np.setdiff1d(item[denied], says)

    def _places(self, said: Phrase, hyphens: Sequence[bool] = ()) -> NDArray[np.int64]:
        """Start and end of each place where titles say these tokens, or their plurals, with nothing but marks between them (places,
        2). hyphens: whether a hyphen must stand behind each token.
        """
        if not said:
            return np.zeros((0, 2), dtype=np.int64)
        text = self._all
        pattern = re.compile(_pattern(said, hyphens))  # begins with plain letters, which are found fast
        starts, ends = _is_letter(said[0][0]), _is_letter(said[-1][-1])
        spans = [hit.span() for hit in pattern.finditer(text)]
        whole = [
            (start, end)
            for start, end in spans
            if not (starts and _is_letter(text[start - 1])) and not (ends and _is_letter(text[end]))
        ]
        return np.array(whole, dtype=np.int64).reshape(-1, 2)

    def _items(self, places: NDArray[np.int64]) -> Items:
        return np.searchsorted(self._starts, places, side="right") - 1

    @cached_property
    def _all(self) -> str:
        return self.text.tobytes().decode()

    @cached_property
    def _lines(self) -> list[str]:
        return self._all.split("\n")[:-1]

    @cached_property
    def _starts(self) -> Items:
        """Where the title of each item starts (items,)."""
        length = np.array([len(line) + 1 for line in self._lines], dtype=np.int64)
        return np.cumsum(length) - length


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether a line of `plain` text denies what stands from start to end: "sugar free", "non-alcoholic", 无糖."""
    before = text[max(start - AROUND, 0) : start].rpartition("\n")[2]
    return _BEFORE.search(before) is not None or _AFTER.match(text, end) is not None


def _pattern(said: Phrase, hyphens: Sequence[bool]) -> str:
    """Tokens, or their plurals, one after the other."""
    parts = [re.escape(token) + ("s?" if _is_letter(token[-1]) else "") for token in said]
    for at, (left, right) in enumerate(pairwise(said)):
        apart = "+" if _is_letter(left[-1]) and _is_letter(right[0]) else "*"
        parts[at] += r"[^\w\n]*-[^\w\n]*" if hyphens and hyphens[at] else rf"(?:[^\w\n]|_){apart}"
    return "".join(parts)


def _is_letter(character: str) -> bool:
    """Whether a character is part of a word of several, as a Chinese one is not."""
    return character.isalnum() and not "\u3400" <= character <= "\u9fff"
