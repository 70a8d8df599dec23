"""What each query's shopper turned out to want: the truth that ranked lists are held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadData
from ronghe.core.events import Events
from ronghe.kernels.segments import Splits, keep_rows, segment_of, splits_of


@dataclass(frozen=True, eq=False)
class Wanted:
    """Ragged: splits (queries+1,) · item number, none twice in a query · gain > 0, 1 = wanted, more = wanted more (rows,)."""

    splits: Splits
    item: NDArray[np.int64]
    gain: NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = {"splits end": int(self.splits[-1]), "item": len(self.item), "gain": len(self.gain)}
        if len(set(rows.values())) > 1:
            raise BadData(f"wanted rows are {rows}; right would be one number")
        if not np.all(self.gain > 0):
            raise BadData("a wanted item has a gain that is not above 0; leave out what is not wanted")
        if len(np.unique(_keys(self.query, self.item))) < len(self.item):
            raise BadData("an item is wanted twice by one query; right would be once, with one gain")

    def __len__(self) -> int:
        return len(self.splits) - 1

    @staticmethod
    def of_lists(items: Sequence[Sequence[int]], gains: Sequence[Sequence[float]] | None = None) -> "Wanted":
        """One list of items a query; gains default to 1."""
        splits = splits_of(np.array([len(row) for row in items], dtype=np.int64))
        item = np.array([i for row in items for i in row], dtype=np.int64)
        gain = np.ones(len(item)) if gains is None else np.array([g for row in gains for g in row], dtype=np.float64)
        return Wanted(splits, item, gain)

    @staticmethod
    def of_events(events: Events, users: NDArray[np.int64]) -> "Wanted":
        """What each of `users` (distinct numbers) liked in `events`: each item once, gain 1; liking must be above 0."""
        liked = events.where((events.item >= 0) & (events.liking > 0) & np.isin(events.user, users))
        query = np.argsort(users)[np.searchsorted(np.sort(users), liked.user)]
        pair = np.unique(np.stack([query, liked.item]), axis=1)
        splits = splits_of(np.bincount(pair[0], minlength=len(users)))
        return Wanted(splits, pair[1], np.ones(pair.shape[1]))

    @property
    def query(self) -> NDArray[np.int64]:
        """The query of each row (rows,)."""
        return segment_of(self.splits)

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many items each query wants (queries,)."""
        return np.diff(self.splits)

    def where(self, mask: NDArray[np.bool_]) -> "Wanted":
        """The rows that `mask` (rows,) keeps; the queries stay."""
        return Wanted(keep_rows(mask, self.splits), self.item[mask], self.gain[mask])

    def gain_of(self, query: NDArray[np.int64], item: NDArray[np.int64]) -> NDArray[np.float64]:
        """The gain of each (query, item); 0 where it is not wanted (rows,)."""
        if not len(self.item):
            return np.zeros(len(item))
        mine = _keys(self.query, self.item)
        order = np.argsort(mine)
        asked = _keys(query, item)
        at = order[np.minimum(np.searchsorted(mine, asked, sorter=order), len(order) - 1)]
        return np.where(mine[at] == asked, self.gain[at], 0.0)

    def found_in(self, ranked: Candidates) -> NDArray[np.bool_]:
        """Which of the wanted rows stand in the lists (rows,)."""
        return np.isin(_keys(self.query, self.item), _keys(ranked.query, ranked.item))


def _keys(query: NDArray[Any], item: NDArray[Any]) -> NDArray[np.int64]:
    return (query.astype(np.int64) << 32) | item.astype(np.int64)  # item numbers stay below 2^32
