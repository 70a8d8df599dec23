"""Which answers may not count as wrong: false negatives, told by item, group, title, other known answers, or the words asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.methods.encoders.tuning.made import words_of
from ronghe.methods.encoders.tuning.pairs import Pairs


@dataclass(frozen=True, eq=False)
class Alike:
    """of each pair: things (group or title) that its item is · known: the things that answer what it asks ·
    asked: words asked for, empty where an answer need not say them · says: words of its answer.
    """

    thing: tuple[int, ...]
    known: tuple[frozenset[int], ...]
    asked: tuple[frozenset[str], ...]
    says: tuple[frozenset[str], ...]

    @staticmethod
    def of(pairs: Pairs, catalog: Catalog) -> "Alike":
        """What the pairs' items have in common."""
        thing = things(catalog)[pairs.item].tolist()
        answers: dict[str, set[int]] = defaultdict(set)
        for text, one in zip(pairs.asked, thing, strict=True):
            answers[text.lower()].add(one)
        frozen = {text: frozenset(held) for text, held in answers.items()}
        return Alike(
            tuple(thing), tuple(frozen[text.lower()] for text in pairs.asked),
            tuple(frozenset(words_of(text)) if len(text) < 60 else frozenset() for text in pairs.asked),
            tuple(frozenset(words_of(text)) for text in pairs.answer),
        )  # fmt: skip

    def mask(self, rows: Sequence[int], others: Sequence[int]) -> NDArray[np.bool_]:
        """True where the answer of pair `others` may answer what pair `rows` asks too (rows, others)."""
        same = np.zeros((len(rows), len(others)), dtype=bool)
        for a, row in enumerate(rows):
            known, asked = self.known[row], self.asked[row]
            same[a] = [self.thing[other] in known or bool(asked and asked <= self.says[other]) for other in others]
        return same


def things(catalog: Catalog) -> NDArray[np.int64]:
    """A number for each item, the same for variants of one thing and for items with one title (items,)."""
    group = [held or f"\0{title.lower()}" for held, title in zip(catalog.table["group"], catalog.title, strict=True)]
    number: dict[str, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in group], dtype=np.int64)
