"""The in-memory adapter: the reference that every other adapter is held against. Gone when the process ends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from threading import RLock

import numpy as np
import polars as pl

from ronghe.core.catalog import Catalog
from ronghe.core.events import KIND, Events
from ronghe.core.ports import EVENT_SCHEMA, Appended, Reject, SlateRow, shopper_of
from ronghe.core.searches import Searches
from ronghe.core.vocabulary import Vocabulary
from ronghe.stores.frames import COUNTED, demand_events, demand_items, fresh_rows

_ROW_SCHEMA: dict[str, pl.DataType] = {**EVENT_SCHEMA, "seq": pl.Int64()}


def open_memory(place: str) -> "MemoryStore":
    """An empty store; `place` (what follows memory://) says nothing."""
    return MemoryStore()


class MemoryStore:
    """A shop in this process's memory; see core.ports.Store. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._catalog = Catalog.empty()
        self._revision = 0
        self._rows: list[pl.DataFrame] = []  # appended batches, _ROW_SCHEMA
        self._ids: set[str] = set()
        self._shoppers: dict[str, int] = {}
        self._sessions: dict[str, int] = {}
        self._marks: dict[str, int] = {}
        self._rejects: dict[tuple[object, ...], Reject] = {}
        self._slates: dict[str, SlateRow] = {}

    def put_items(self, rows: pl.DataFrame) -> int:
        """See core.ports.Store; of rows with one id the last counts."""
        rows = demand_items(rows)
        with self._lock:
            self._catalog = self._catalog.upserted(rows)
            self._revision += 1
        return rows.height

    def delete_items(self, ids: Sequence[str]) -> int:
        """See core.ports.Store."""
        with self._lock:
            there = pl.col("id").is_in(list(ids)) & ~pl.col("deleted")
            found = self._catalog.table.filter(there).height
            gone = pl.when(there).then(True).otherwise(pl.col("deleted")).alias("deleted")
            self._catalog = Catalog(self._catalog.table.with_columns(gone))
            self._revision += 1
        return found

    def catalog(self) -> Catalog:
        """See core.ports.Store."""
        return self._catalog

    def items(self, ids: Sequence[str]) -> pl.DataFrame:
        """See core.ports.Store."""
        return self._catalog.table.filter(pl.col("id").is_in(list(ids)))

    def revision(self) -> int:
        """See core.ports.Store."""
        return self._revision

    def append(self, rows: pl.DataFrame, mark: tuple[str, int] | None = None) -> Appended:
        """See core.ports.Store. Nothing is durable here."""
        rows = demand_events(rows)
        with self._lock:
            fresh, again = fresh_rows(rows, self._ids)
            self._ids.update(fresh["id"].to_list())
            for user, session in fresh.select("user", "session").iter_rows():
                _number(self._shoppers, shopper_of(user, session))
                _number(self._sessions, session or None)
            seq = pl.int_range(self.last() + 1, self.last() + 1 + fresh.height, dtype=pl.Int64, eager=True).alias("seq")
            if fresh.height:
                self._rows.append(fresh.with_columns(seq))
            if mark is not None:
                self._marks[mark[0]] = mark[1]
            return Appended(fresh.height, self.last(), again)

    def marks(self) -> dict[str, int]:
        """See core.ports.Store."""
        with self._lock:
            return dict(self._marks)

    def set_mark(self, source: str, rows: int) -> None:
        """See core.ports.Store."""
        with self._lock:
            self._marks[source] = rows

    def events(self, after: int = 0, until: int | None = None) -> Events:
        """See core.ports.Store."""
        with self._lock:
            rows = self._all().filter((pl.col("seq") > after) & (pl.col("seq") <= (self.last() if until is None else until)))
            who = [shopper_of(*pair) for pair in rows.select("user", "session").iter_rows()]
            return Events.of(
                time=rows["time"].to_numpy(),
                user=_numbers(self._shoppers, who),
                session=_numbers(self._sessions, rows["session"].to_list()),
                item=self._catalog.numbers(rows["item"].to_list()),
                kind=np.array([KIND[kind] for kind in rows["kind"].to_list()], dtype=np.uint8),
                amount=rows["amount"].fill_null(1.0).to_numpy(),
                price=rows["price"].fill_null(float("nan")).to_numpy(),
                place=rows["place"].fill_null(-1).to_numpy(),
                propensity=rows["propensity"].fill_null(float("nan")).to_numpy(),
            ).sorted()

    def searches(self, after: int = 0, until: int | None = None) -> Searches:
        """See core.ports.Store."""
        with self._lock:
            end = self.last() if until is None else until
            rows = self._all().filter((pl.col("seq") > after) & (pl.col("seq") <= end))
            columns = (rows[name].to_list() for name in ("query", "slate", "time", "user", "session", "item", "kind"))
            found = [(self._typed(query, slate), *row) for query, slate, *row in zip(*columns, strict=True)]
            number = self._catalog.vocabulary.number
            return Searches.of([
                (text, time, self._shoppers.get(shopper_of(user, session) or "", -1), number(item), KIND[kind])
                for text, time, user, session, item, kind in found if text
            ])  # fmt: skip

    def _typed(self, query: str | None, slate: str | None) -> str:
        held = self._slates.get(slate) if slate and not query else None
        return query or ("" if held is None else str(held.body.get("request", {}).get("text", "")).strip())

    def event_rows(self, after: int = 0, limit: int = 1000, user: str | None = None) -> pl.DataFrame:
        """See core.ports.Store; `user` is a shopper's id."""
        with self._lock:
            rows = self._all().filter(pl.col("seq") > after)
        if user is not None:
            rows = rows.filter(pl.Series([shopper_of(*pair) == user for pair in rows.select("user", "session").iter_rows()]))
        return rows.head(limit)

    def last(self) -> int:
        """See core.ports.Store."""
        with self._lock:
            return int(self._rows[-1]["seq"][-1]) if self._rows else 0

    def shoppers(self) -> Vocabulary:
        """See core.ports.Store."""
        with self._lock:
            return Vocabulary(tuple(self._shoppers))

    def shopper(self, name: str) -> int:
        """See core.ports.Store."""
        with self._lock:
            return self._shoppers.get(name, -1)

    def reject(self, rows: Sequence[Reject]) -> None:
        """See core.ports.Store; a reject that is alike in all fields is kept once."""
        with self._lock:
            for row in rows:
                self._rejects.setdefault(astuple(row), row)

    def rejects(self, limit: int = 1000) -> list[Reject]:
        """See core.ports.Store."""
        with self._lock:
            return list(self._rejects.values())[-limit:] if limit else []

    def counts(self) -> dict[str, int]:
        """See core.ports.Store."""
        with self._lock:
            many = (len(self._catalog), len(self._ids), len(self._shoppers), len(self._rejects), len(self._slates))
            return dict(zip(COUNTED, many, strict=True))

    def put_slate(self, slates: Sequence[SlateRow]) -> None:
        """See core.ports.Store."""
        with self._lock:
            for slate in slates:
                self._slates.pop(slate.id, None)
                self._slates[slate.id] = slate

    def slate(self, slate: str) -> SlateRow | None:
        """See core.ports.Store."""
        return self._slates.get(slate)

    def slates(self, limit: int = 100) -> Iterator[SlateRow]:
        """See core.ports.Store."""
        with self._lock:
            newest = list(self._slates.values())[::-1][:limit]
        return iter(newest)

    def close(self) -> None:
        """Nothing to let go of."""

    def _all(self) -> pl.DataFrame:
        if len(self._rows) > 1:
            self._rows = [pl.concat(self._rows)]
        return self._rows[0] if self._rows else pl.DataFrame(schema=_ROW_SCHEMA)


def _number(numbers: dict[str, int], name: str | None) -> None:
    if name is not None:
        numbers.setdefault(name, len(numbers))


def _numbers(numbers: dict[str, int], names: Iterable[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([-1 if name is None else numbers.get(name, -1) for name in names], dtype=np.int64)
