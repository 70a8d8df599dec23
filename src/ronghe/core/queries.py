"""A batch of questions to the shop: typed, or implied by who is looking and at what. A request is a batch of one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.errors import BadData
from ronghe.core.events import DAY, Events, liking_of
from ronghe.core.media import Media
from ronghe.core.text import clean, simplified
from ronghe.kernels.segments import Splits, keep_rows, segment_of, splits_of


@dataclass(frozen=True, eq=False)
class History:
    """What each query's shopper did before the query, ragged, oldest first.

    splits (queries+1,) · item number · time epoch seconds · kind code in KINDS · amount pieces or stars, (rows,) each.
    """

    splits: Splits
    item: NDArray[np.int64]
    time: NDArray[np.float64]
    kind: NDArray[np.uint8]
    amount: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.splits) - 1

    @staticmethod
    def empty(queries: int) -> "History":
        """No history for any of the queries."""
        return History.of(Events.empty(), np.zeros(queries + 1, dtype=np.int64))

    @staticmethod
    def of(events: Events, splits: Splits) -> "History":
        """Histories out of events that already lie shopper by shopper."""
        return History(splits, events.item, events.time, events.kind, events.amount)

    @staticmethod
    def of_users(events: Events, users: NDArray[np.int64], last: int = 1000) -> "History":
        """The history of each of `users` (distinct or not) in `events` (time order): the `last` most recent events."""
        events = events.where((events.item >= 0) & (events.user >= 0))
        order = np.argsort(events.user, kind="stable")
        owner = events.user[order]
        end = np.searchsorted(owner, users, side="right")
        start = np.maximum(np.searchsorted(owner, users, side="left"), end - last)
        splits = splits_of(end - start)
        rows = order[np.repeat(start - splits[:-1], end - start) + np.arange(splits[-1])]
        return History.of(events.where(rows), splits)

    @property
    def query(self) -> NDArray[np.int64]:
        """The query of each row (rows,)."""
        return segment_of(self.splits)

    @property
    def liking(self) -> NDArray[np.float32]:
        """How much each row says that the shopper wants the item (rows,); see liking_of."""
        return liking_of(self.kind, self.amount)

    def where(self, mask: NDArray[np.bool_]) -> "History":
        """The rows that `mask` keeps."""
        return History(keep_rows(mask, self.splits), self.item[mask], self.time[mask], self.kind[mask], self.amount[mask])

    def matrix(self, items: int, now: NDArray[np.float64], half_life: float = float("inf")) -> sp.csr_matrix:
        """Liking of each (query, item) as float32 CSR (queries, items), like Dataset.interactions; unknown items left out.

        now: moment of each query, epoch seconds (queries,). half_life: days after which an event counts half.
        """
        weight = self.liking
        if np.isfinite(half_life):
            age = np.maximum(now[self.query] - self.time, 0.0) / DAY
            weight = (weight * 0.5 ** (age / half_life)).astype(np.float32)
        known = (self.item >= 0) & (self.item < items)
        at = (self.query[known], self.item[known])
        matrix = sp.csr_matrix((weight[known], at), shape=(len(self), items), dtype=np.float32)
        matrix.sum_duplicates()
        matrix.data[matrix.data < 0] = 0
        matrix.eliminate_zeros()
        return matrix


@dataclass(frozen=True, eq=False)
class Liked:
    """What each query's shopper likes, every item once: splits (queries+1,) · item, ascending · weight above 0, (rows,) each."""

    splits: Splits
    item: NDArray[np.int64]
    weight: NDArray[np.float32]


WITHOUT = "without"  # stands in `understood` where a facet's name does: its value is what shall not be there
Also = tuple[str, str, float]  # what was typed, what may stand for it, and how much that counts beside it, 0 … 1


@dataclass(frozen=True, eq=False)
class Queries:
    """A batch of questions; every field has one entry a query.

    time epoch seconds · user shopper number, -1 not known · text "" when nothing was typed · surface name in the recipe ·
    history · basket (splits and items) · anchor item being looked at, -1 none · allowed: None, or booleans over items that
    a facet, price or category filter leaves (items beyond its length are not allowed); retrievers honour it ·
    understood: facets and their values that a rewriter found in the text, which narrow `allowed` ·
    light: words of the text that say what a thing is like, and nothing of what it is: they order what is found, but find nothing
    beside others · also: words that stand for others of the text · maybe: the text as it may have been meant, "" = as it is ·
    kinds: numbers of the categories that the text is likely about, and how likely, most first ·
    media: a picture or a sound that was sent, None = none; only retrievers that can see or hear have something to say to it.
    """

    time: NDArray[np.float64]
    user: NDArray[np.int64]
    text: tuple[str, ...]
    surface: tuple[str, ...]
    history: History
    basket_splits: Splits
    basket_item: NDArray[np.int64]
    anchor: NDArray[np.int64]
    allowed: tuple[NDArray[np.bool_] | None, ...]
    understood: tuple[tuple[tuple[str, str], ...], ...]
    light: tuple[tuple[str, ...], ...]
    also: tuple[tuple[Also, ...], ...]
    maybe: tuple[str, ...]
    kinds: tuple[tuple[tuple[int, float], ...], ...]
    media: tuple[Media | None, ...]

    def __post_init__(self) -> None:
        lengths = {f.name: len(getattr(self, f.name)) for f in fields(self) if f.name not in ("basket_splits", "basket_item")}
        lengths["basket_splits"] = len(self.basket_splits) - 1
        if len(set(lengths.values())) > 1:
            raise BadData(f"query fields have lengths {lengths}; right would be one length")

    def __len__(self) -> int:
        return len(self.time)

    @staticmethod
    def of(size: int, **given: Any) -> "Queries":
        """`size` queries with these fields; what is not given is empty: nobody, nothing typed, no history, time 0."""
        default: dict[str, Any] = {
            "time": np.zeros(size), "user": np.full(size, -1, dtype=np.int64), "text": ("",) * size,
            "surface": ("home",) * size, "history": History.empty(size),
            "basket_splits": np.zeros(size + 1, dtype=np.int64), "basket_item": np.zeros(0, dtype=np.int64),
            "anchor": np.full(size, -1, dtype=np.int64), "allowed": (None,) * size, "understood": ((),) * size,
            "light": ((),) * size, "also": ((),) * size, "maybe": ("",) * size, "kinds": ((),) * size,
            "media": (None,) * size,
        }  # fmt: skip
        return Queries(**{**default, **given})

    def liked(self, half_life: float = float("inf")) -> Liked:
        """Liking of the histories summed by item; half_life: days after which an event counts half. Worked out once a batch."""
        if half_life not in self._liked:
            self._liked[half_life] = _liked(self.history, self.time, half_life)
        return self._liked[half_life]

    @cached_property
    def _liked(self) -> dict[float, Liked]:
        return {}

    @cached_property
    def heavy(self) -> tuple[str, ...]:
        """The texts without their light words; as they are where they say nothing else."""
        return tuple(_heavy(text, light) if light else text for text, light in zip(self.text, self.light, strict=True))

    def replace(self, **changes: Any) -> "Queries":
        """The same queries with other values in some fields."""
        return replace(self, **changes)

    def take(self, positions: Sequence[int] | NDArray[np.int64]) -> "Queries":
        """The queries at these positions, in this order."""
        at = np.asarray(positions, dtype=np.int64)
        rows, splits = _gather(self.history.splits, at)
        h = self.history
        basket_rows, basket_splits = _gather(self.basket_splits, at)
        return Queries(
            self.time[at], self.user[at], tuple(self.text[i] for i in at), tuple(self.surface[i] for i in at),
            History(splits, h.item[rows], h.time[rows], h.kind[rows], h.amount[rows]),
            basket_splits, self.basket_item[basket_rows], self.anchor[at], tuple(self.allowed[i] for i in at),
            tuple(self.understood[i] for i in at), tuple(self.light[i] for i in at), tuple(self.also[i] for i in at),
            tuple(self.maybe[i] for i in at), tuple(self.kinds[i] for i in at), tuple(self.media[i] for i in at),
        )  # fmt: skip


def _heavy(text: str, light: Sequence[str]) -> str:
    left = simplified(clean(text)).lower()
    for word in light:
        left = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])" if word.isascii() else re.escape(word), " ", left)
    return " ".join(left.split()) if any(map(str.isalnum, left)) else text


def _liked(history: History, now: NDArray[np.float64], half_life: float) -> Liked:
    query, liking = history.query, history.liking.astype(np.float64)
    if np.isfinite(half_life):
        liking *= 0.5 ** (np.maximum(now[query] - history.time, 0.0) / DAY / half_life)
    width = int(history.item.max(initial=0)) + 1
    key = np.where(history.item >= 0, query * width + history.item, -1)
    order = np.argsort(key, kind="stable")
    order = order[np.searchsorted(key, 0, sorter=order) :]
    key = key[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, dtype=np.int64)
    weight = np.add.reduceat(liking[order], start).astype(np.float32) if len(key) else np.zeros(0, dtype=np.float32)
    wanted = weight > 0
    key, weight = key[start][wanted], weight[wanted]
    owner, item = np.divmod(key, width)
    return Liked(np.searchsorted(owner, np.arange(len(history) + 1)), item, weight)


def _gather(splits: Splits, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], Splits]:
    length = np.diff(splits)[at]
    new = splits_of(length)
    return np.repeat(splits[:-1][at] - new[:-1], length) + np.arange(new[-1]), new
