"""Files of the form "user item item …", a line a user: read, cut into what is known and what is asked, ranked, scored, written."""

import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData
from ronghe.core.events import Events
from ronghe.core.queries import History, Queries
from ronghe.core.roles import Retriever
from ronghe.core.vocabulary import Vocabulary
from ronghe.kernels.segments import place_of, segment_of, splits_of

BLANK = {"title": "", "description": "", "brand": "", "category": "", "attributes": "{}", "price": None, "stock": None, "group": "",
         "image": "", "language": "", "created": None, "deleted": False}  # fmt: skip
BATCH = 128


@dataclass(frozen=True, eq=False)
class Lines:
    """Users and their items in the order of the file: user ids · splits (users+1,) · item number of each row · item ids."""

    users: tuple[str, ...]
    splits: NDArray[np.int64]
    item: NDArray[np.int64]
    items: Vocabulary

    def __len__(self) -> int:
        return len(self.users)

    @property
    def user(self) -> NDArray[np.int64]:
        """The user of each row."""
        return segment_of(self.splits)

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many items each user has."""
        return np.diff(self.splits)

    def where(self, mask: NDArray[np.bool_]) -> "Lines":
        """The rows that `mask` keeps; all users stay."""
        splits = np.concatenate([[0], np.cumsum(mask)])[self.splits]
        return Lines(self.users, splits.astype(np.int64), self.item[mask], self.items)

    def take(self, users: NDArray[np.int64]) -> "Lines":
        """These users with all their rows."""
        count = self.counts[users]
        splits = splits_of(count)
        rows = np.repeat(self.splits[users] - splits[:-1], count) + np.arange(splits[-1])
        return Lines(tuple(self.users[u] for u in users), splits, self.item[rows], self.items)


def read(path: Path, items: Vocabulary | None = None) -> Lines:
    """The file's lines; items are numbered as they come, after those of `items`."""
    known_users: set[str] = set()
    users, rows = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] in known_users:
            raise BadData(f"{path}, line {number}: user {words[0]!r} stands twice; right would be one line a user")
        known_users.add(words[0])
        users.append(words[0])
        rows.append(words[1:])
    flat = [word for row in rows for word in row]
    known = (items or Vocabulary()).extended(flat)
    return Lines(tuple(users), splits_of(np.array([len(row) for row in rows], dtype=np.int64)), known.numbers(flat), known)


def catalog(items: Vocabulary, **columns: list[str]) -> Catalog:
    """A catalogue of these items, with the columns given and the others blank."""
    table = {name: [value] * len(items) for name, value in BLANK.items()} | {"id": list(items.ids)} | columns
    return Catalog(pl.DataFrame(table, schema_overrides=SCHEMA).select(list(SCHEMA)))


def dataset(lines: Lines, shop: Catalog) -> Dataset:
    """The lines as purchases; the time of a row is its place in its line, counted from the end: a user's newest is at -1 s."""
    time_of = (place_of(lines.splits) - lines.counts[lines.user]).astype(np.float64)
    order = np.argsort(time_of, kind="stable")
    events = Events.of(time=time_of[order], user=lines.user[order], item=lines.item[order])
    return Dataset(shop, events, 0.0, len(lines))


def queries(lines: Lines) -> Queries:
    """One query a user, with the line as history; nothing in it may be answered."""
    place = (place_of(lines.splits) - lines.counts[lines.user]).astype(np.float64)
    events = Events.of(time=place, user=lines.user, item=lines.item)
    history = History.of(events, lines.splits)
    return Queries.of(len(lines), history=history, user=np.arange(len(lines)), allowed=(None,) * len(lines))


def ranked(model: Retriever, lines: Lines, k: int) -> Candidates:
    """The k best items of each user that the user does not have yet."""
    return stacked([model.retrieve(batch, k) for batch in batches(lines)])


def batches(lines: Lines) -> Iterator[Queries]:
    """The query of each user, some at a time; only what a user does not have yet may be answered."""
    asked = queries(lines)
    for at in range(0, len(lines), BATCH):
        batch = asked.take(np.arange(at, min(at + BATCH, len(lines))))
        yield batch.replace(allowed=tuple(_fresh(batch, len(lines.items))))


def _fresh(batch: Queries, items: int) -> Iterable[NDArray[np.bool_]]:
    for q in range(len(batch)):
        mask = np.ones(items, dtype=bool)
        mask[batch.history.item[batch.history.splits[q] : batch.history.splits[q + 1]]] = False
        yield mask


def stacked(parts: list[Candidates]) -> Candidates:
    """Batches one after the other, with their columns."""
    splits = splits_of(np.concatenate([part.counts for part in parts]))
    found = Candidates.of(splits, np.concatenate([p.item for p in parts]), np.concatenate([p.score for p in parts]))
    return found.with_columns({name: np.concatenate([p.columns[name] for p in parts]) for name in parts[0].columns})


def write(path: Path, found: Candidates, lines: Lines) -> None:
    """Rows "user item rank score" by tabs, ids as in the input."""
    users, items = lines.users, lines.items.ids
    rows = zip(found.query.tolist(), found.item.tolist(), (found.place + 1).tolist(), found.score.tolist(), strict=True)
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{users[q]}\t{items[i]}\t{place}\t{score:.6g}\n" for q, i, place, score in rows)


@dataclass(frozen=True)
class Clock:
    """Time since the start: the larger of wall time and processor time, so that neither a busy machine nor threads cheat."""

    wall: float
    processor: float

    @staticmethod
    def started() -> "Clock":
        """A clock that starts now."""
        return Clock(time.monotonic(), time.process_time())

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return max(time.monotonic() - self.wall, self.processor_seconds)

    @property
    def processor_seconds(self) -> float:
        """Processor seconds since the start, all threads together."""
        return time.process_time() - self.processor

    def figures(self) -> dict[str, float]:
        """Minutes taken and the most memory held."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        return {
            "processor minutes": round(self.processor_seconds / 60, 2),
            "wall minutes": round((time.monotonic() - self.wall) / 60, 2),
            "peak GiB": round(peak, 2),
        }
