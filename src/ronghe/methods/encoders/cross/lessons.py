"""What the network learns from when nobody judged anything: questions made of what items say, and items that answer them or not."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.word_rows import words_in

READ = ("title", "brand", "category", "attributes", "description")
WORD = re.compile(r"[^\W\d_][^\W_]*")  # begins with a letter: numbers of models are seldom typed
KINDS, ALONE, BRANDED = 0.6, 0.5, 0.15  # shares: questions for a kind; of these without more, and with the brand
KNOWN, LONG = 3, 3  # items that a kind has at least, and words at most, to be looked for in titles
OFTEN = 4  # times that each item is asked for on average, at most
TRIED = 12  # finds of a question that are looked at for rivals
Find = Callable[[Sequence[str]], Sequence[NDArray[np.int64]]]  # questions -> items found for each, best first


@dataclass(frozen=True)
class Claim:
    """What is asked for: a question, the kind that an item must be of ("" = any), and the words that it must say."""

    text: str
    kind: str
    words: frozenset[str]


@dataclass(frozen=True, eq=False)
class Lessons:
    """question of each lesson · item (lessons, 1 + rivals) · gain (lessons, 1 + rivals): how well each answers, 0 = not at all."""

    question: tuple[str, ...]
    item: NDArray[np.int64]
    gain: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.question)

    def joined(self, other: "Lessons") -> "Lessons":
        """These lessons, then those."""
        item, gain = np.concatenate([self.item, other.item]), np.concatenate([self.gain, other.gain])
        return Lessons(self.question + other.question, item, gain)

    def of(self, rows: NDArray[np.int64]) -> "Lessons":
        """Only these lessons, in this order."""
        return Lessons(tuple(self.question[at] for at in rows), self.item[rows], self.gain[rows])


@dataclass(frozen=True, eq=False)
class Told:
    """What the items of a catalogue say, for making questions."""

    catalog: Catalog

    @cached_property
    def kind(self) -> list[str]:
        """The last level of each item's category, as it would be typed; where it has none, the longest of the others' that its
        title says; "" = none.
        """
        own = [clean(path.split(CATEGORY_JOINT)[-1]).lower() for path in self.catalog.table["category"]]
        known = {kind for kind, items in Counter(own).items() if items >= KNOWN}
        return [kind or said_in(title, known) for kind, title in zip(own, self.catalog.title, strict=True)]

    def words(self, item: int) -> frozenset[str]:
        """The words that an item says anywhere."""
        if item not in self._words:
            self._words[item] = frozenset(words_in(item_texts(self.catalog, np.array([item]), READ)[0]))
        return self._words[item]

    @cached_property
    def _words(self) -> dict[int, frozenset[str]]:
        return {}

    def asked(self, item: int, rng: np.random.Generator) -> Claim | None:
        """A question that this item answers: its kind, alone or with its brand or a word of its title, or words of its title."""
        kind, brand = self.kind[item], clean(self.catalog.table["brand"][item]).lower()
        words = [word.lower() for word in WORD.findall(clean(self.catalog.title[item])) if len(word) > 1]
        if kind and rng.random() < KINDS:
            more = rng.random()
            if more < ALONE or not words:
                return Claim(kind, kind, frozenset())
            word = brand if brand and more < ALONE + BRANDED else words[int(rng.integers(len(words)))]
            return Claim(f"{word} {kind}", kind, frozenset(words_in(word)))
        if not words:
            return None
        size = min(int(rng.integers(1, 4)), len(words))
        start = int(rng.integers(len(words) - size + 1))
        text = " ".join(words[start : start + size])
        return Claim(text, "", frozenset(words_in(text)))

    def answers(self, item: int, claim: Claim) -> bool:
        """True when the item is of the kind and says the words."""
        return (not claim.kind or self.kind[item] == claim.kind) and claim.words <= self.words(item)

    def fails(self, item: int, claim: Claim) -> bool:
        """True when the item surely is no answer: of another kind, or it lacks a word; what says the kind's words may be of it."""
        if not claim.words <= self.words(item):
            return True
        other = bool(self.kind[item]) and not words_of_one(self.kind[item], claim.kind)
        return bool(claim.kind) and (other or (not self.kind[item] and not set(words_in(claim.kind)) & self.words(item)))


def said_in(title: str, kinds: Collection[str]) -> str:
    """The longest of these kinds, in words, that a title says; "" = none."""
    words = clean(title).lower().split()
    for size in range(LONG, 0, -1):
        for start in range(len(words) - size, -1, -1):  # what a thing is stands later than whose it is
            if (phrase := " ".join(words[start : start + size])) in kinds:
                return phrase
    return ""


def words_of_one(one: str, other: str) -> bool:
    """True when one kind says all words of the other: a "gaming mouse" may be a "mouse"."""
    first, second = set(words_in(one)), set(words_in(other))
    return first <= second or second <= first


def lessons_of(catalog: Catalog, find: Find, size: int, rivals: int, rng: np.random.Generator) -> Lessons:
    """`size` questions at most, each with one item that answers it and `rivals` that do not, found ones before drawn ones."""
    told, able = Told(catalog), np.flatnonzero(~catalog.table["deleted"].to_numpy())
    if len(able) < 2:
        return nothing(rivals)
    drawn = rng.choice(able, min(size, OFTEN * len(able)), p=_odds([told.kind[item] for item in able]))
    made = [(claim, int(item)) for item in drawn if (claim := told.asked(int(item), rng)) is not None]
    found = find([claim.text for claim, _ in made])
    questions, items = [], []
    for (claim, item), near in zip(made, found, strict=True):
        others = _rivals(told, claim, near, able, rivals, rng)
        if len(others) == rivals:
            questions.append(claim.text)
            items.append([item, *others])
    gain = np.zeros((len(questions), 1 + rivals), dtype=np.float32)
    gain[:, 0] = 1.0
    return Lessons(tuple(questions), np.array(items, dtype=np.int64).reshape(gain.shape), gain)


def nothing(rivals: int) -> Lessons:
    """No lesson."""
    return Lessons((), np.zeros((0, 1 + rivals), dtype=np.int64), np.zeros((0, 1 + rivals), dtype=np.float32))


def _odds(kinds: Sequence[str]) -> NDArray[np.float64]:
    """Odds of items of these kinds to be asked for: a kind with many items counts by the root of their number."""
    count = Counter(kinds)
    odds = np.array([count[kind] ** -0.5 for kind in kinds])
    share: NDArray[np.float64] = odds / odds.sum()
    return share


def _rivals(
    told: Told, claim: Claim, near: NDArray[np.int64], able: NDArray[np.int64], wanted: int, rng: np.random.Generator
) -> list[int]:
    """Items that do not answer: of those found near, one place left for an item drawn from all."""
    hard = [item for item in near[: 4 * TRIED].tolist() if told.fails(item, claim)][:TRIED]
    picked = [hard[at] for at in rng.permutation(len(hard))[: max(wanted - 1, 1)]]
    for item in rng.choice(able, 8 * wanted).tolist():
        if len(picked) == wanted:
            break
        if item not in picked and told.fails(item, claim):
            picked.append(item)
    return picked
