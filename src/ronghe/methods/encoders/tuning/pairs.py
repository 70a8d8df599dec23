"""What an encoder learns from: something asked, and what an item that answers it says; taken from words, purchases and clicks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.encoders.tuning.made import made_queries

KINDS = ("query", "made", "title", "facts", "together", "next")
HISTORY = 3  # items whose titles say what a shopper did before
Items = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """asked: texts (n,) · answer: texts (n,) · item that answers (n,) · kind: number in KINDS (n,)."""

    asked: tuple[str, ...]
    answer: tuple[str, ...]
    item: Items
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.asked)

    @staticmethod
    def of(kind: str, asked: Sequence[str], answer: Sequence[str], item: Sequence[int] | Items) -> "Pairs":
        """Pairs of one kind; those of which either side says nothing are left out."""
        keep = [at for at, (a, b) in enumerate(zip(asked, answer, strict=True)) if a.strip() and b.strip()]
        number = np.asarray(item, dtype=np.int64)[keep]
        both = tuple(asked[at] for at in keep), tuple(answer[at] for at in keep)
        return Pairs(*both, number, np.full(len(keep), KINDS.index(kind), dtype=np.uint8))

    def take(self, rows: Items) -> "Pairs":
        """These pairs, in this order."""
        at = rows.tolist()
        return Pairs(tuple(self.asked[i] for i in at), tuple(self.answer[i] for i in at), self.item[rows], self.kind[rows])

    def __add__(self, other: "Pairs") -> "Pairs":
        both = self.asked + other.asked, self.answer + other.answer
        return Pairs(*both, np.concatenate([self.item, other.item]), np.concatenate([self.kind, other.kind]))


def pairs_of(
    data: Dataset,
    kinds: Sequence[str],
    says: tuple[str, ...],
    most: int,
    seed: int,
    typed: Mapping[str, Sequence[int]] | None = None,
) -> Pairs:
    """Pairs of these kinds, at most `most` of each.

    query: what was typed and the items clicked or bought then (`typed`) · made: queries made out of the catalogue's words ·
    title: title and description, one for the other · facts: brand, category and attributes, and the item · together: an item
    and one bought on the same visit or day · next: what a shopper bought before, and the next item.
    says: fields of an item that make its text.
    """
    if wrong := set(kinds) - set(KINDS):
        raise BadRecipe(f"kinds of pairs {sorted(wrong)}; right would be some of {', '.join(KINDS)}")
    catalog = data.catalog
    texts = item_texts(catalog, np.arange(len(catalog)), says)
    found = Pairs.of("made", (), (), ())
    for kind in kinds:
        rng = np.random.default_rng([seed, KINDS.index(kind)])
        held = _of_kind(kind, data, texts, most, rng, typed or {})
        found += held.take(np.sort(rng.permutation(len(held))[:most]))
    return found


def _of_kind(
    kind: str, data: Dataset, texts: list[str], most: int, rng: np.random.Generator, typed: Mapping[str, Sequence[int]]
) -> Pairs:
    if kind == "query":
        rows = [(query, item) for query, items in typed.items() for item in items if 0 <= item < len(texts)]
        return Pairs.of(kind, [q for q, _ in rows], [texts[i] for _, i in rows], [i for _, i in rows])
    if kind == "made":
        asked, item = made_queries(data.catalog, most, rng)
        return Pairs.of(kind, asked, [texts[i] for i in item.tolist()], item)
    if kind == "title":
        return _descriptions(data.catalog)
    if kind == "facts":
        items = np.arange(len(texts))
        said = zip(*(item_texts(data.catalog, items, (name,)) for name in ("brand", "category", "attributes")), strict=True)
        return Pairs.of(kind, [" ".join(filter(None, parts))[:120] for parts in said], texts, items)
    before, then = _bought(data, together=kind == "together")
    titles = data.catalog.title
    return Pairs.of(kind, [". ".join(titles[i] for i in some) for some in before], [texts[i] for i in then], then)


def _descriptions(catalog: Catalog) -> Pairs:
    """Each title for its description, and each description for its title."""
    items = np.arange(len(catalog))
    title, description = item_texts(catalog, items, ("title",)), item_texts(catalog, items, ("description",))
    return Pairs.of("title", title, description, items) + Pairs.of("title", description, title, items)


def _bought(data: Dataset, together: bool) -> tuple[list[list[int]], list[int]]:
    """What was bought before (the latest HISTORY, or of `together` the one just before in the visit or on the day), and then."""
    events = data.signs.of_kind("purchase") if (data.signs.kind == KIND["purchase"]).any() else data.signs
    order = np.lexsort((events.time, events.user))
    user, item, time = events.user[order].tolist(), events.item[order].tolist(), events.time[order]
    visit = np.where(events.session[order] >= 0, events.session[order], -1 - (time // DAY).astype(np.int64)).tolist()
    before: list[list[int]] = []
    then: list[int] = []
    held: list[int] = []
    for at, now in enumerate(item):
        if not at or user[at] != user[at - 1] or (together and visit[at] != visit[at - 1]):
            held = []
        others = [other for other in held if other != now]
        if others and now not in held:
            before.append(others[-1:] if together else others[-HISTORY:])
            then.append(now)
        held = [*held, now][-HISTORY:]
    return before, then
