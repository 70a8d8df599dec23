"""K2: whatever is acknowledged was fsynced before; seen in the system calls, with a store that does not as the negative control."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.versions import Versions
from ronghe.stores.database import Database

ACKS = 12
# Writes events, items, marks and rejects, and says "ack" on standard output after each call that returned.
CHILD = """
import os, sys
from ronghe.stores import database
make, level = database._engine, sys.argv[2]
database._engine = lambda path, synchronous: make(path, level if synchronous == "FULL" else synchronous)
from ronghe.core.ports import Reject
from ronghe.stores import connect
from ronghe.stores.checks import check_events, check_items
store = connect("sqlite:///" + sys.argv[1])
os.write(1, b"begin\\n")
for n in range(int(sys.argv[3])):
    rows, _ = check_events([{"id": f"e{n}", "time": 1.7e9, "user": "u", "item": "i", "kind": "view"}])
    calls = (
        lambda: store.append(rows, ("file", n)),
        lambda: store.put_items(check_items([{"id": f"i{n}"}])[0]),
        lambda: store.delete_items([f"i{n - 1}"]),
        lambda: store.reject([Reject("f", n, "x", "y", "z")]),
    )
    calls[n % len(calls)]()
    os.write(1, b"ack\\n")
os._exit(0)
"""


def traced(folder: Path, level: str) -> list[str]:
    """The system calls of the child that write and sync, in order."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed; the pragma and os.fsync are still looked at")
    log = folder / "calls"
    command = [strace, "-f", "-y", "-o", str(log), "-e", "trace=write,pwrite64,fsync,fdatasync", sys.executable, "-c", CHILD]
    done = subprocess.run(
        [*command, str(folder / "shop.db"), level, str(ACKS)], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode and "ptrace" in done.stderr:
        pytest.skip(f"strace may not look at other processes here: {done.stderr.strip()[-100:]}")
    assert done.returncode == 0, done.stderr
    return log.read_text(errors="replace").splitlines()


def acknowledged_too_early(calls: list[str]) -> tuple[int, int]:
    """Acks, and how many of them came while something written to the database was not synced yet."""
    dirty: set[str] = set()
    acks = early = 0
    begun = False
    for call in calls:
        found = re.match(r"\d+ +(\w+)\((\d+)<([^>]*)>(.*)", call)
        if found is None:
            continue
        name, number, path, rest = found.groups()
        if name == "write" and number == "1":
            begun = begun or "begin" in rest
            if "ack" in rest:
                acks += 1
                early += bool(dirty)
                dirty.clear()
        elif begun and ".db" in path and not path.endswith("-shm"):
            if name in ("write", "pwrite64"):
                dirty.add(path)
            else:
                dirty.discard(path)
    return acks, early


def test_every_ack_comes_after_its_fsync(tmp_path: Path):
    assert acknowledged_too_early(traced(tmp_path, "FULL")) == (ACKS, 0)


def test_the_trace_would_show_a_store_that_does_not_wait(tmp_path: Path):
    acks, early = acknowledged_too_early(traced(tmp_path, "NORMAL"))
    assert acks == ACKS
    assert early >= ACKS // 2, "without fsync the trace must show it, or it shows nothing"


def test_what_is_promised_durable_goes_through_a_connection_that_syncs(tmp_path: Path):
    database = Database(tmp_path / "shop.db")

    def level(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    with database.write() as durable:
        assert level(durable) == 2  # FULL
    with database.write(durable=False) as lazy:
        assert level(lazy) == 1  # NORMAL: slates, which are worth less than a fast answer
    database.close()


def test_a_version_is_on_disk_before_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    happened: list[str] = []
    sync, rename = os.fsync, os.replace

    def noted_sync(handle: int) -> None:
        happened.append(f"fsync {Path(os.readlink(f'/proc/self/fd/{handle}')).name}")
        sync(handle)

    def noted_rename(start: Path, end: Path) -> None:
        happened.append(f"rename {Path(end).name}")
        rename(start, end)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("no /proc to read the names of open files from")
    monkeypatch.setattr("os.fsync", noted_sync)
    monkeypatch.setattr("os.replace", noted_rename)
    versions = Versions(tmp_path / "models")
    version = versions.write({"retrieve": {"a": Vocabulary(("x",))}}, {})
    versions.switch(version)
    written, named = happened.index(f"rename {version}"), happened.index("rename current")
    assert {"fsync model.json", "fsync meta.json", "fsync manifest.json"} <= set(happened[:written])
    assert "fsync models" in happened[written:named]  # the folder: or the rename itself could be lost
    assert happened[named - 1].startswith("fsync .current-")
    assert happened[-1] == "fsync models"
