"""The event log in SQL: ids become numbers on the way in, columns become arrays on the way out."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from sqlite3 import Connection
from typing import Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from ronghe.core.events import KIND, KINDS, Events
from ronghe.core.ports import EVENT_SCHEMA, shopper_of
from ronghe.stores.frames import fresh_rows

_INSERT = (
    "INSERT INTO events "
    "(seq, key, id, time, shopper, session, item, kind, query, amount, price, slate, place, propensity, platform) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UNKNOWN = "9e999"  # SQLite has no NaN; infinity, which no event carries, stands for it on the way out
_ARRAYS = f"""
SELECT time, ifnull(shopper, -1), ifnull(session, -1), ifnull(item, -1), kind, ifnull(amount, 1.0),
       ifnull(price, {_UNKNOWN}), ifnull(place, -1), ifnull(propensity, {_UNKNOWN})
FROM events WHERE seq > ? AND seq <= ? ORDER BY seq
"""
_LAYOUT = np.dtype([
    ("time", "f8"), ("user", "i8"), ("session", "i8"), ("item", "i8"), ("kind", "u1"), ("amount", "f4"),
    ("price", "f4"), ("place", "i4"), ("propensity", "f4"),
])  # fmt: skip
# A shopper's id is the user's, unless it is the one that the session gave.
_ROWS = """
SELECT e.id, e.time, CASE WHEN u.id = 'session:' || s.id THEN NULL ELSE u.id END, s.id, i.id, e.kind, e.query, e.amount,
       e.price, e.slate, e.place, e.propensity, e.platform, e.seq
FROM events e LEFT JOIN shoppers u ON u.number = e.shopper LEFT JOIN sessions s ON s.number = e.session
              LEFT JOIN item_ids i ON i.number = e.item
WHERE e.seq > ? {only} ORDER BY e.seq LIMIT ?
"""
_ROW_SCHEMA: dict[str, pl.DataType] = {**EVENT_SCHEMA, "seq": pl.Int64()}


def insert(connection: Connection, rows: pl.DataFrame) -> tuple[int, ...]:
    """Appends the events (EVENT_SCHEMA) that are not there yet; places of the others. Inside the caller's write transaction."""
    names = rows["id"].to_list()
    keys = dict(zip(names, map(_key, names), strict=True))
    fresh, again = fresh_rows(rows, _present(connection, keys))
    if fresh.height:
        connection.executemany(_INSERT, _numbered_rows(connection, fresh, keys))
    return again


def numbered(connection: Connection, table: str, ids: Iterable[str | None]) -> dict[str | None, int | None]:
    """The number of each id in a table of (number, id); new ids get the next numbers in order. None stays None."""
    wanted = dict.fromkeys(ids)
    wanted.pop(None, None)
    find = f"SELECT t.id, t.number FROM json_each(?) j CROSS JOIN {table} t ON t.id = j.value"
    found: dict[str | None, int | None] = dict(connection.execute(find, (orjson.dumps(list(wanted)),)))
    if len(found) < len(wanted):
        start = connection.execute(f"SELECT ifnull(max(number) + 1, 0) FROM {table}").fetchone()[0]
        new = {name: start + place for place, name in enumerate(name for name in wanted if name not in found)}
        connection.executemany(f"INSERT INTO {table} (id, number) VALUES (?, ?)", new.items())
        found |= new
    found[None] = None
    return found


def events(connection: Connection, after: int, until: int | None) -> Events:
    """Events with sequence number in (after, until], in time order."""
    end = last(connection) if until is None else until
    table = np.fromiter(connection.execute(_ARRAYS, (after, end)), dtype=_LAYOUT)
    columns = {name: np.ascontiguousarray(table[name]) for name in _LAYOUT.names or ()}
    for name in ("price", "propensity"):
        columns[name][np.isinf(columns[name])] = np.nan
    columns["item"] = catalogue_numbers(connection, columns["item"])
    found = Events(**columns)
    return found if bool(np.all(found.time[1:] >= found.time[:-1])) else found.sorted()


def rows(connection: Connection, after: int, limit: int, user: str | None) -> pl.DataFrame:
    """Events as they came, plus `seq`, in sequence order."""
    only = "" if user is None else "AND e.shopper = (SELECT number FROM shoppers WHERE id = ?)"
    given = (after, max(limit, 0)) if user is None else (after, user, max(limit, 0))
    found = connection.execute(_ROWS.format(only=only), given).fetchall()
    columns: dict[str, list[Any]] = {name: [row[at] for row in found] for at, name in enumerate(_ROW_SCHEMA)}
    columns["kind"] = [KINDS[code] for code in columns["kind"]]
    return pl.DataFrame(columns, schema=_ROW_SCHEMA)


def last(connection: Connection) -> int:
    """The highest sequence number; 0 = none."""
    return int(connection.execute("SELECT ifnull(max(seq), 0) FROM events").fetchone()[0])


def catalogue_numbers(connection: Connection, reference: NDArray[np.int64]) -> NDArray[np.int64]:
    """Catalogue numbers of numbers in item_ids (rows,); -1 where the catalogue has not got the item (yet)."""
    if not len(reference):
        return reference
    few = np.unique(reference).tolist() if len(reference) < 1000 else None  # a join of its own would cost a third of a load
    only = "" if few is None else f"AND number IN ({', '.join(map(str, few))})"
    pairs = np.array(
        connection.execute(f"SELECT number, item FROM item_ids WHERE item IS NOT NULL {only}").fetchall(), dtype=np.int64
    )
    number = np.full(int(reference.max()) + 2, -1, dtype=np.int64)  # the last one stands for reference -1
    pairs = pairs.reshape(-1, 2)
    pairs = pairs[pairs[:, 0] < len(number) - 1]
    number[pairs[:, 0]] = pairs[:, 1]
    return number[reference]


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)


def _present(connection: Connection, keys: dict[str, int]) -> set[str]:
    find = "SELECT e.id FROM json_each(?) j CROSS JOIN events e ON e.key = j.value"
    return {row[0] for row in connection.execute(find, (orjson.dumps(list(keys.values())),))}


def _numbered_rows(connection: Connection, rows: pl.DataFrame, keys: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    column = {name: rows[name].to_list() for name in rows.columns}
    who = [shopper_of(user, session) for user, session in zip(column["user"], column["session"], strict=True)]
    session = [name or None for name in column["session"]]
    start = last(connection) + 1
    return zip(
        range(start, start + rows.height),
        map(keys.__getitem__, column["id"]),
        column["id"],
        column["time"],
        map(numbered(connection, "shoppers", who).__getitem__, who),
        map(numbered(connection, "sessions", session).__getitem__, session),
        map(numbered(connection, "item_ids", column["item"]).__getitem__, column["item"]),
        map(KIND.__getitem__, column["kind"]),
        *(column[name] for name in ("query", "amount", "price", "slate", "place", "propensity", "platform")),
        strict=True,
    )
