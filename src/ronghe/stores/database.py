"""One SQLite file: connections with the promised pragmas, transactions, migrations, and its errors in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa

from ronghe.core.errors import StoreError
from ronghe.stores.tables import HEAD

WAIT = 30.0  # seconds to wait for another process that is writing
CACHE_KIB = 65_536  # page cache of a connection
CHECKPOINT_PAGES = 8_192  # the write-ahead log is folded into the file when it holds so many pages (32 MiB)
_MIGRATING = Lock()  # alembic keeps its context in globals


class Database:
    """A SQLite file in WAL mode. Readers never wait; one writer at a time, threads and processes alike."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = Lock()
        with plain_words(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = _engine(path, "FULL")
            self._lazy = _engine(path, "NORMAL")
            self._migrate()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see one state of the shop."""
        with plain_words(self.path), _borrowed(self._engine) as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A connection in a write transaction: all or nothing, on disk (fsync) when the block ends.

        durable: False leaves the fsync to the next durable write; power loss may then take this one.
        """
        engine = self._engine if durable else self._lazy
        with plain_words(self.path), self._writing, _borrowed(engine) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()
        self._lazy.dispose()

    def _migrate(self) -> None:
        if self._revision() == HEAD:
            return
        with _MIGRATING, self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # a second process waits here, then finds it done
            if self._revision() != HEAD:
                upgrade(connection, HEAD)
            connection.connection.commit()

    def _revision(self) -> str | None:
        with _borrowed(self._engine) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Brings the tables of `connection` to `revision`. StoreError when a newer version of Ronghe made them."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StoreError(f"the store's tables were made by a newer version of Ronghe: {error}; install that version") from error


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turns the database's errors into StoreError: what happened, to which file, what to do."""
    try:
        yield
    except (sqlite3.Error, sa.exc.DBAPIError, OSError) as error:
        said = str(getattr(error, "orig", None) or error)
        raise StoreError(f"{path}: {said}; {_advice(said)}") from error


def _advice(said: str) -> str:
    for sign, advice in (
        ("full", "free some disk space and try again, nothing of this write was kept"),
        ("locked", f"another process has been writing for more than {WAIT:.0f} s"),
        ("not a database", "choose another path, or move that file away"),
        ("malformed", "the file is damaged: restore a copy, or ingest again into a new file"),
        ("readonly", "make the file and its folder writable"),
        ("unable to open", "make the folder, and make it writable"),
    ):
        if sign in said:
            return advice
    return "nothing of this was written"


def _engine(path: Path, synchronous: str) -> sa.Engine:
    arguments = {"check_same_thread": False, "timeout": WAIT, "isolation_level": None}
    engine = sa.create_engine(f"sqlite:///{path}", connect_args=arguments, pool_size=8, max_overflow=32)

    def prepare(connection: Any, record: object) -> None:
        for pragma in (
            f"busy_timeout = {WAIT * 1000:.0f}",
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            f"cache_size = -{CACHE_KIB}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            f"journal_size_limit = {CHECKPOINT_PAGES * 8192}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", prepare)
    return engine


@contextmanager
def _borrowed(engine: sa.Engine) -> Iterator[sqlite3.Connection]:
    fairy = engine.raw_connection()
    try:
        yield fairy.driver_connection  # type: ignore[misc]
    finally:
        fairy.close()
