"""The SQLite adapter: one file, WAL, every acknowledged write fsynced (synchronous=FULL)."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection

import orjson
import polars as pl
import zstandard

from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.errors import BadRecipe
from ronghe.core.events import Events
from ronghe.core.ports import Appended, Reject, SlateRow
from ronghe.core.searches import Searches
from ronghe.core.vocabulary import Vocabulary
from ronghe.stores import event_log, typed
from ronghe.stores.database import Database
from ronghe.stores.frames import COUNTED, demand_events, demand_items

_COLUMNS = ", ".join(f'"{name}"' for name in SCHEMA)
_PUT_ITEM = (
    f"INSERT INTO items (number, {_COLUMNS}) VALUES ({', '.join('?' * (len(SCHEMA) + 1))}) "
    "ON CONFLICT (number) DO UPDATE SET " + ", ".join(f'"{name}" = excluded."{name}"' for name in SCHEMA)
)
_NUMBERS = "SELECT item FROM item_ids WHERE id IN (SELECT value FROM json_each(?))"
_REVISION = ""  # the mark that counts writes to the catalogue; no source has this name
_REVISED = "INSERT INTO marks (source, rows) VALUES (?, 1) ON CONFLICT (source) DO UPDATE SET rows = rows + 1"
_SLATE = "SELECT id, time, shopper, surface, model, body FROM slates"


def open_sqlite(place: str) -> "SQLiteStore":
    """The store in the file of sqlite:///relative.db or sqlite:////absolute.db; made, with its folder, when not there."""
    if not place.startswith("/") or len(place) < 2:
        raise BadRecipe(
            f"store is {'sqlite://' + place!r}; right would be sqlite:///shop/shop.db, or sqlite:////srv/shop.db from the root"
        )
    return SQLiteStore(Path(place[1:]))


class SQLiteStore:
    """A shop in one SQLite file; see core.ports.Store. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def put_items(self, rows: pl.DataFrame) -> int:
        """See core.ports.Store; of rows with one id the last counts."""
        rows = demand_items(rows)
        ids = rows["id"].to_list()
        with self._database.write() as connection:
            reference = event_log.numbered(connection, "item_ids", ids)
            held = "SELECT number, item FROM item_ids WHERE item IS NOT NULL AND id IN (SELECT value FROM json_each(?))"
            known = dict(connection.execute(held, (_json(ids),)))
            count = connection.execute("SELECT count(*) FROM items").fetchone()[0]
            fresh = [reference[i] for i in ids if reference[i] not in known]
            known |= {number: count + place for place, number in enumerate(fresh)}
            numbers = (known[reference[i]] for i in ids)
            connection.executemany(_PUT_ITEM, ((n, *row) for n, row in zip(numbers, rows.iter_rows(), strict=True)))
            connection.executemany("UPDATE item_ids SET item = ? WHERE number = ?", ((known[n], n) for n in fresh))
            connection.execute(_REVISED, (_REVISION,))
        return rows.height

    def delete_items(self, ids: Sequence[str]) -> int:
        """See core.ports.Store."""
        with self._database.write() as connection:
            done = connection.execute(
                f"UPDATE items SET deleted = 1 WHERE NOT deleted AND number IN ({_NUMBERS})", (_json(list(ids)),)
            )
            connection.execute(_REVISED, (_REVISION,))
            return done.rowcount

    def catalog(self) -> Catalog:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return Catalog(_table(connection.execute(f"SELECT {_COLUMNS} FROM items ORDER BY number").fetchall()))

    def items(self, ids: Sequence[str]) -> pl.DataFrame:
        """See core.ports.Store."""
        asked = f"SELECT {_COLUMNS} FROM items WHERE number IN ({_NUMBERS}) ORDER BY number"
        with self._database.read() as connection:
            return _table(connection.execute(asked, (_json(list(ids)),)).fetchall())

    def revision(self) -> int:
        """See core.ports.Store."""
        with self._database.read() as connection:
            row = connection.execute("SELECT rows FROM marks WHERE source = ?", (_REVISION,)).fetchone()
        return 0 if row is None else int(row[0])

    def append(self, rows: pl.DataFrame, mark: tuple[str, int] | None = None) -> Appended:
        """See core.ports.Store. One transaction, one fsync."""
        rows = demand_events(rows)
        with self._database.write() as connection:
            again = event_log.insert(connection, rows)
            if mark is not None:
                _set_mark(connection, *mark)
            last = event_log.last(connection)
        return Appended(rows.height - len(again), last, again)

    def marks(self) -> dict[str, int]:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return dict(connection.execute("SELECT source, rows FROM marks WHERE source <> ?", (_REVISION,)))

    def set_mark(self, source: str, rows: int) -> None:
        """See core.ports.Store."""
        with self._database.write() as connection:
            _set_mark(connection, source, rows)

    def events(self, after: int = 0, until: int | None = None) -> Events:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return event_log.events(connection, after, until)

    def searches(self, after: int = 0, until: int | None = None) -> Searches:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return typed.searches(connection, after, until)

    def event_rows(self, after: int = 0, limit: int = 1000, user: str | None = None) -> pl.DataFrame:
        """See core.ports.Store; `user` is a shopper's id."""
        with self._database.read() as connection:
            return event_log.rows(connection, after, limit, user)

    def last(self) -> int:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return event_log.last(connection)

    def shoppers(self) -> Vocabulary:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return Vocabulary(tuple(row[0] for row in connection.execute("SELECT id FROM shoppers ORDER BY number")))

    def shopper(self, name: str) -> int:
        """See core.ports.Store."""
        with self._database.read() as connection:
            row = connection.execute("SELECT number FROM shoppers WHERE id = ?", (name,)).fetchone()
        return -1 if row is None else int(row[0])

    def reject(self, rows: Sequence[Reject]) -> None:
        """See core.ports.Store; a reject that is alike in all fields is kept once."""
        if not rows:
            return
        with self._database.write() as connection:
            put = "INSERT OR IGNORE INTO rejects (key, source, row, field, reason, content) VALUES (?, ?, ?, ?, ?, ?)"
            connection.executemany(put, ((blake2b(_json(astuple(r)), digest_size=16).digest(), *astuple(r)) for r in rows))

    def rejects(self, limit: int = 1000) -> list[Reject]:
        """See core.ports.Store."""
        with self._database.read() as connection:
            newest = "SELECT source, row, field, reason, content FROM rejects ORDER BY seq DESC LIMIT ?"
            return [Reject(*row) for row in connection.execute(newest, (max(limit, 0),)).fetchall()[::-1]]

    def counts(self) -> dict[str, int]:
        """See core.ports.Store."""
        with self._database.read() as connection:
            return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}

    def put_slate(self, slates: Sequence[SlateRow]) -> None:
        """See core.ports.Store. Not fsynced on its own: power loss may take the answers of the last moment."""
        press = zstandard.ZstdCompressor(level=1).compress
        rows = [(s.id, s.time, s.shopper, s.surface, s.model, press(_json(s.body))) for s in slates]
        if rows:
            with self._database.write(durable=False) as connection:
                put = "INSERT OR REPLACE INTO slates (id, time, shopper, surface, model, body) VALUES (?, ?, ?, ?, ?, ?)"
                connection.executemany(put, rows)

    def slate(self, slate: str) -> SlateRow | None:
        """See core.ports.Store."""
        with self._database.read() as connection:
            row = connection.execute(f"{_SLATE} WHERE id = ?", (slate,)).fetchone()
        return None if row is None else _slate(row)

    def slates(self, limit: int = 100) -> Iterator[SlateRow]:
        """See core.ports.Store."""
        with self._database.read() as connection:
            rows = connection.execute(f"{_SLATE} ORDER BY seq DESC LIMIT ?", (max(limit, 0),)).fetchall()
        return map(_slate, rows)

    def close(self) -> None:
        """See core.ports.Store."""
        self._database.close()


def _set_mark(connection: Connection, source: str, rows: int) -> None:
    connection.execute("INSERT OR REPLACE INTO marks (source, rows) VALUES (?, ?)", (source, rows))


def _table(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in SCHEMA)
    named = zip(SCHEMA.items(), columns, strict=True)
    return pl.DataFrame([pl.Series(name, column, dtype=dtype, strict=False) for (name, dtype), column in named])


def _slate(row: tuple[str, float, str | None, str, str, bytes]) -> SlateRow:
    return SlateRow(*row[:5], orjson.loads(zstandard.ZstdDecompressor().decompress(row[5])))


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
