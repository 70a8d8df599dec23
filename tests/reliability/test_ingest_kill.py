"""K1: SIGKILL in the middle of an ingest. Nothing acknowledged is lost, nothing is doubled, a restart needs no repair."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ronghe.stores import connect

ROWS = 12_000
CHUNK = 400
# Ingests in small chunks, one for each line that it reads, all when there is no more to read; says, after each append has
# returned, up to which sequence number events are acknowledged.
CHILD = """
import os, sys
from dataclasses import replace
from pathlib import Path
from ronghe.engine.ingest import ingest
from ronghe.stores import connect, files
from ronghe.stores.files import Files

class Small:
    def parts(self, mapping=None):
        found = Files((Path(sys.argv[1]),)).parts(mapping)
        paths = {p.name: p for p in Path(sys.argv[1]).iterdir()}
        return [replace(p, chunks=lambda start, path=paths[p.name]: files.chunks(path, start, int(sys.argv[3]))) for p in found]

class Plain:
    seed, threads = 0, 1
    def track(self, work, title, total=None): return work

store = connect("sqlite:///" + sys.argv[2])
append = store.append
def acknowledged(rows, mark=None):
    sys.stdin.readline()
    done = append(rows, mark)
    os.write(1, f"{rows['id'][-1]} {done.last}\\n".encode())
    return done
store.append = acknowledged
ingest(store, Small(), Plain())
store.close()
os.write(1, b"done\\n")
"""


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    rng = random.Random(7)
    with (folder / "events.csv").open("w") as file:
        file.write("id,time,user,session,item,event,price\n")
        for n in range(ROWS):
            name = f"e{n if rng.random() > 0.05 else rng.randrange(ROWS)}"  # one in twenty is a double
            price = "free" if rng.random() < 0.01 else f"{n % 90 / 4}"  # one in a hundred is bad
            file.write(f"{name},{1_600_000_000 + n},u{rng.randrange(300)},s{n // 4},i{rng.randrange(500)},view,{price}\n")
    with (folder / "items.csv").open("w") as file:
        file.write("id,title,price\n")
        file.writelines(f"i{n},Thing {n},{n}\n" for n in range(500))
    return folder


def start(export, db, led=False):
    """An ingest; led: it waits to be told to go on, so that it is in the middle however fast the machine is."""
    command = [sys.executable, "-c", CHILD, str(export), str(db), str(CHUNK)]
    return subprocess.Popen(command, stdin=subprocess.PIPE if led else subprocess.DEVNULL, stdout=subprocess.PIPE)


def state(db):
    store = connect(f"sqlite:///{db}")
    marks = sorted((name.split("#")[0], rows) for name, rows in store.marks().items())
    rejects = sorted(map(str, store.rejects(ROWS)))
    found = (store.event_rows(limit=ROWS * 2).rows(), store.catalog().table.rows(), store.shoppers().ids, rejects, marks)
    store.close()
    return found


def test_a_killed_ingest_loses_nothing_doubles_nothing_and_goes_on(export, tmp_path):
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    with start(export, whole) as process:
        assert process.stdout.read().endswith(b"done\n")
    expected = state(whole)
    rng = random.Random(int.from_bytes(os.urandom(4), "big"))
    kills = 0
    for _ in range(40):
        with start(export, killed, led=True) as process:
            told = rng.randrange(1, 5)  # so many acknowledged chunks; two more may follow; then a moment, then the kill
            process.stdin.write(b"\n" * (told + 2))
            process.stdin.flush()
            lines = [process.stdout.readline() for _ in range(told)]
            time.sleep(rng.random() * 0.03)
            process.send_signal(signal.SIGKILL)
            acknowledged = [
                line.split() for line in [*lines, *process.stdout.read().splitlines(keepends=True)] if line.endswith(b"\n")
            ]
            finished = acknowledged[-1:] == [[b"done"]]
        kills += process.returncode == -signal.SIGKILL
        if not killed.exists():
            continue
        rows = state(killed)[0]
        names = [row[0] for row in rows]
        assert len(set(names)) == len(names), "doubled"
        assert [row[-1] for row in rows] == list(range(1, len(rows) + 1))
        for name, last in (ack for ack in acknowledged if len(ack) == 2):
            assert name.decode() in names, "an acknowledged event was lost"
            assert len(rows) >= int(last)
        assert rows == expected[0][: len(rows)], "what is there is a whole beginning"
        if finished or kills >= 6:
            break
    assert kills >= 3
    with start(export, killed) as process:
        assert process.stdout.read().endswith(b"done\n")
    assert state(killed) == expected
