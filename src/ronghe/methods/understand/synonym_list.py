"""The synonyms file: words that mean the same, and words that stand for others, a line each, checked line by line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ronghe.core.errors import BadRecipe
from ronghe.core.limits import has_control
from ronghe.core.text import clean
from ronghe.methods.understand.phrases import LONGEST, phrase

ARROW = "=>"
MOST_LINES = 20_000
_SEPARATOR = re.compile(r"[,，、]")
Pair = tuple[str, str]


@dataclass(frozen=True)
class SynonymList:
    """pairs: what is typed, and what is searched beside it · text: the file they stand in.

    `a, b, c` are a group: each stands for the others. `a, b => c` goes one way: who types a or b also finds c. `#` begins a remark.
    """

    pairs: tuple[Pair, ...] = ()
    text: str = ""

    @staticmethod
    def parse(text: str, path: str = "synonyms.txt") -> "SynonymList":
        """The pairs that `text` says. BadRecipe with file and line otherwise."""
        lines = text.splitlines()
        if len(lines) > MOST_LINES:
            raise BadRecipe(f"{path}:{MOST_LINES + 1}: more than {MOST_LINES} lines")
        found: dict[Pair, None] = {}
        for number, line in enumerate(lines, 1):
            found |= dict.fromkeys(_pairs(line.partition("#")[0].strip(), f"{path}:{number}"))
        return SynonymList(tuple(found), text)

    @cached_property
    def known(self) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The pairs as phrases, to look others up in."""
        return frozenset((phrase(one), phrase(other)) for one, other in self.pairs)

    def has(self, one: str, other: str) -> bool:
        """Whether who types `one` is also shown `other`."""
        return (phrase(one), phrase(other)) in self.known

    def with_line(self, line: str) -> "SynonymList":
        """This list with one more line at its end. BadRecipe when it cannot be read."""
        text = self.text if not self.text or self.text.endswith("\n") else f"{self.text}\n"
        return SynonymList.parse(f"{text}{line}\n")


def line_of(one: str, other: str, both_ways: bool) -> str:
    """How a pair stands in the file."""
    return f"{one}, {other}" if both_ways else f"{one} {ARROW} {other}"


def _pairs(line: str, where: str) -> Iterable[Pair]:
    if not line:
        return []
    sides = [_phrases(side, where) for side in line.split(ARROW)]
    if len(sides) > 2:
        raise BadRecipe(f"{where}: {len(sides) - 1} arrows; right would be one, as in: notebook {ARROW} laptop")
    if len(sides) == 1 and len(sides[0]) < 2:
        raise BadRecipe(f"{where}: {sides[0][0][:40]!r} stands alone; right would be two or more with commas, as in: sofa, couch")
    return [(one, other) for one in sides[0] for other in sides[-1] if phrase(one) != phrase(other)]


def _phrases(side: str, where: str) -> list[str]:
    said = [clean(part).lower() for part in _SEPARATOR.split(side)]
    for part in said:
        tokens = phrase(part)
        if not tokens or has_control(part):
            raise BadRecipe(f"{where}: {part[:40]!r} is no word; right would be words between commas, as in: sofa, couch")
        if len(tokens) > LONGEST:
            raise BadRecipe(f"{where}: {part[:40]!r} has {len(tokens)} words; at most {LONGEST} are read as one phrase")
    return said
