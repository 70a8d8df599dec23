"""The SQLite file: pragmas that make an ack durable, migrations, two processes, errors in plain words."""

import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ronghe.core.errors import StoreError
from ronghe.stores import connect, database
from ronghe.stores.database import Database, upgrade
from ronghe.stores.tables import HEAD, metadata


@pytest.fixture
def shop(tmp_path):
    found = Database(tmp_path / "shop.db")
    yield found
    found.close()


def pragma(connection, name):
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_live_connections_sync_fully_before_they_acknowledge(shop):
    with shop.write() as connection:
        assert pragma(connection, "synchronous") == 2, "2 is FULL: the log is fsynced before commit returns"
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "busy_timeout") == database.WAIT * 1000
    with shop.read() as connection:
        assert pragma(connection, "synchronous") == 2
    with shop.write(durable=False) as connection:
        assert pragma(connection, "synchronous") == 1, "slates may be lost with the power, so they wait for no fsync"


def test_a_failed_write_leaves_nothing(shop):
    with pytest.raises(ZeroDivisionError), shop.write() as connection:  # noqa: PT012
        connection.execute("INSERT INTO marks VALUES ('a', 1)")
        raise ZeroDivisionError
    with shop.read() as connection:
        assert connection.execute("SELECT count(*) FROM marks").fetchone()[0] == 0


def test_migrations_make_the_tables_that_the_code_speaks_of(shop):
    engine = sa.create_engine(f"sqlite:///{shop.path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_shop_of_an_older_revision_is_migrated_with_its_data(tmp_path):
    path = tmp_path / "old.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql("INSERT INTO shoppers VALUES (0, 'ann')")
        connection.exec_driver_sql("INSERT INTO events (seq, key, id, time, shopper, kind) VALUES (1, 5, 'e1', 1.6e9, 0, 4)")
        assert "slates" not in sa.inspect(connection).get_table_names()
    engine.dispose()
    store = connect(f"sqlite:///{path}")
    assert store.shoppers().ids == ("ann",)
    assert store.event_rows()["id"].to_list() == ["e1"]
    assert store.counts()["slates"] == 0
    store.close()


def test_a_shop_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "new.db"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(path)


def test_processes_that_open_a_new_shop_at_once_all_get_it(tmp_path):
    code = f"from ronghe.stores import connect; s = connect('sqlite:///{tmp_path}/shop.db'); print(s.counts()['events']); s.close()"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for process in running:
        out, error = process.communicate(timeout=60)
        assert (process.returncode, out.strip()) == (0, b"0"), error.decode()
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    connection.close()


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "shop.db"
    path.write_bytes(b"certainly not a database, but long enough to have a header" * 20)
    with pytest.raises(StoreError, match=r"shop\.db.*not a database"):
        Database(path)


def test_a_full_disk_is_a_store_error_and_reads_go_on(shop):
    with shop.write() as connection:
        connection.execute("INSERT INTO marks VALUES ('kept', 1)")
    with pytest.raises(StoreError, match="full"), shop.write() as connection:  # noqa: PT012
        pages = pragma(connection, "page_count")
        connection.execute(f"PRAGMA max_page_count = {pages}")  # as on a disk without room for one page more
        try:
            connection.executemany("INSERT INTO marks VALUES (?, 1)", ((f"{n:0500}",) for n in range(1000)))
        finally:
            connection.execute("PRAGMA max_page_count = 1073741823")
    with shop.read() as connection:
        assert connection.execute("SELECT source FROM marks").fetchall() == [("kept",)]
    with shop.write() as connection:
        connection.execute("INSERT INTO marks VALUES ('after', 2)")


def test_another_process_that_writes_for_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.1)
    shop = Database(tmp_path / "shop.db")
    other = sqlite3.connect(shop.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process"), shop.write():
        pass
    with shop.read() as connection:
        assert connection.execute("SELECT count(*) FROM marks").fetchone()[0] == 0, "readers do not wait for writers"
    other.rollback()
    other.close()
    shop.close()
