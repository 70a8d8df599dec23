"""A table of ratings out of a RecBole atomic file, cut into folds, and each part as a Dataset, questions and answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.held_out import catalog
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData
from ronghe.core.events import KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.core.vocabulary import Vocabulary
from ronghe.kernels.segments import splits_of
from ronghe.stores.sources.ml_100k import atomic

Rows = NDArray[np.int64]
WHOLE = 1_000_000  # events of a shopper that a question remembers: all


@dataclass(frozen=True, eq=False)
class Ratings:
    """user, item numbers · stars · time, one a row (rows,) · their ids · the catalogue of all items."""

    user: Rows
    item: Rows
    stars: NDArray[np.float64]
    time: NDArray[np.float64]
    users: Vocabulary
    items: Vocabulary
    shop: Catalog

    def __len__(self) -> int:
        return len(self.user)

    def renumbered(self, other: "Ratings") -> "Ratings":
        """The rows of another table in the numbers of this one; people and items new to it come after."""
        users, items = self.users.extended(other.users.ids), self.items.extended(other.items.ids)
        user = users.numbers(other.users.names(other.user.tolist()))
        item = items.numbers(other.items.names(other.item.tolist()))
        return Ratings(user, item, other.stars, other.time, users, items, catalog(items))

    def dataset(self, rows: Rows) -> Dataset:
        """What is known when these rows are: nothing of the others but that their people and items are in the world."""
        rows = rows[np.argsort(self.time[rows], kind="stable")]
        kind = np.full(len(rows), KIND["rating"])
        events = Events.of(time=self.time[rows], user=self.user[rows], item=self.item[rows], kind=kind, amount=self.stars[rows])
        return Dataset(self.shop, events, float(self.time.max()) + 1.0, len(self.users))

    def asked(self, known: Dataset, rows: Rows) -> tuple[Queries, Candidates, Rows]:
        """One question a person with what is known of them, the items of `rows` as candidates, and the rows in their order."""
        rows = rows[np.argsort(self.user[rows], kind="stable")]
        people, count = np.unique(self.user[rows], return_counts=True)
        history = History.of_users(known.events, people, WHOLE)
        queries = Queries.of(len(people), user=people, history=history, time=np.full(len(people), known.as_of))
        return queries, Candidates.of(splits_of(count), self.item[rows], np.zeros(len(rows))), rows


def read(path: Path, stars: bool = True) -> Ratings:
    """The file's rows, in its order. BadData when a rating is not a number. stars: False leaves the ratings unread."""
    table = atomic(path)
    users, items = (Vocabulary().extended(table[name].to_list()) for name in ("user_id", "item_id"))
    given = table["rating"].cast(float, strict=False).to_numpy() if stars else np.zeros(len(table))
    wrong = np.flatnonzero(~np.isfinite(given))
    if len(wrong):
        raise BadData(f"{path}, line {wrong[0] + 2}: rating {table['rating'][int(wrong[0])]!r}; right would be a number of stars")
    time = table["timestamp"].cast(float).to_numpy() if "timestamp" in table.columns else np.arange(len(table), dtype=np.float64)
    numbers = users.numbers(table["user_id"].to_list()), items.numbers(table["item_id"].to_list())
    return Ratings(*numbers, given, time, users, items, catalog(items))


def source(folder: Path) -> Path:
    """train.inter, or the only file of ratings in the folder."""
    found = sorted(folder.glob("*.inter"))
    one = folder / "train.inter" if folder / "train.inter" in found else found[0] if len(found) == 1 else None
    if one is None:
        raise BadData(f"{folder} holds {len(found)} .inter files and no train.inter; right would be one file, or train.inter")
    return one


def folds(size: int, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows to learn from and rows to foretell, `count` times; each row is foretold once."""
    fold = np.random.default_rng(seed).permutation(size) % count
    return ((np.flatnonzero(fold != n), np.flatnonzero(fold == n)) for n in range(count))
