"""Files -> ingest -> store: what is good is in, what is bad is named, and a second time changes nothing."""

import gzip
import json
import subprocess
import sys

import polars as pl
import pytest
import zstandard

from ronghe.core.errors import BadData, BadRecipe
from ronghe.engine.ingest import ingest, write_rejects
from ronghe.stores import connect
from ronghe.stores.sources import open_source


class Watched:
    """A compute that remembers what was tracked."""

    seed, threads = 0, 1

    def __init__(self):
        self.titles = []

    def track(self, work, title, total=None):
        self.titles.append((title, total))
        return work


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    found = connect("memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/shop/shop.db")
    yield found
    found.close()


EVENTS = "event_id,timestamp,visitorid,event,itemid,price\n" + "".join(
    f"e{n},{1_600_000_000 + n},u{n % 5},view,i{n % 7},{n / 4}\n" for n in range(40)
)
BAD = "e40,soon,u1,view,i1,1\ne41,1600000041,u1,view,i1,-3\ne42,1600000042,u1\n"
ITEMS = [{"sku": f"i{n}", "product_name": f"Thing {n}", "price": n, "tags": ["x"]} for n in range(7)]


@pytest.fixture
def export(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "clicks.csv.gz").write_bytes(gzip.compress((EVENTS + BAD).encode()))
    lines = "\n".join([*map(json.dumps, ITEMS), '{"sku": "i7", "price": NaN}'])
    (folder / "products.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))
    (folder / "notes.md").write_text("not data")
    return folder


def test_a_folder_of_exports_becomes_a_shop(store, export, tmp_path):
    watched = Watched()
    report = ingest(store, open_source(str(export)), watched)
    assert (report.read, report.accepted, report.doubled, report.rejected) == (51, 47, 0, 4)
    assert (report.items, report.events) == (7, 40)
    assert store.counts() == {"items": 7, "events": 40, "shoppers": 5, "rejects": 4, "slates": 0}
    assert report.mapping["clicks.csv.gz"]["time"] == "timestamp"
    assert report.mapping["products.jsonl.zst"] == {"id": "sku", "title": "product_name", "price": "price"}
    assert sum(report.by_reason.values()) == 4
    assert report.unread == {"products.jsonl.zst": ("tags",)}
    assert [title for title, _ in watched.titles] == ["items of products.jsonl.zst", "events of clicks.csv.gz"]
    assert {(r.source, r.row, r.field) for r in store.rejects()} == {
        ("products.jsonl.zst", 7, ""), ("clicks.csv.gz", 40, "time"), ("clicks.csv.gz", 41, "price"), ("clicks.csv.gz", 42, ""),
    }  # fmt: skip
    assert (store.events().item >= 0).all()
    assert write_rejects(store, tmp_path / "rejects.jsonl") == 4
    kept = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert {"source", "row", "field", "reason", "content"} == set(kept[0])


def test_the_same_again_changes_nothing(store, export):
    ingest(store, open_source(str(export)), Watched())
    before = store.event_rows(), store.counts(), store.catalog().table
    again = ingest(store, open_source(str(export)), Watched())
    assert (again.read, again.accepted, again.skipped) == (0, 0, 51)
    assert before[0].equals(store.event_rows())
    assert before[1] == store.counts()


def test_a_file_that_grew_is_read_again_and_nothing_counts_twice(store, export):
    ingest(store, open_source(str(export)), Watched())
    more = EVENTS + BAD + "e50,1600000050,u9,view,i1,1\n"
    (export / "clicks.csv.gz").write_bytes(gzip.compress(more.encode()))
    report = ingest(store, open_source(str(export)), Watched())
    assert (report.read, report.accepted, report.doubled, report.rejected) == (44, 1, 40, 3)
    assert (store.counts()["events"], store.counts()["rejects"]) == (41, 4)


def test_a_limit_reads_so_many_rows_and_the_next_ingest_the_rest(store, export):
    report = ingest(store, open_source(str(export / "clicks.csv.gz")), Watched(), limit=10)
    assert (report.read, report.accepted) == (10, 10)
    report = ingest(store, open_source(str(export / "clicks.csv.gz")), Watched())
    assert (report.skipped, report.read, report.accepted, report.rejected) == (10, 33, 30, 3)


def test_a_mapping_goes_before_the_guess(store, export):
    mapping = {"events": {"kind": "=purchase", "platform": "=app"}, "items": {"attributes": ["tags"]}}
    ingest(store, open_source(str(export)), Watched(), mapping=mapping)
    rows = store.event_rows()
    assert rows["kind"].unique().to_list() == ["purchase"]
    assert rows["platform"].unique().to_list() == ["app"]
    assert store.catalog().row(0)["attributes"] == '{"tags":["x"]}'
    with pytest.raises(BadRecipe, match="did you mean 'visitorid'"):
        ingest(store, open_source(str(export)), Watched(), mapping={"events": {"user": "visitor_id"}})
    with pytest.raises(BadRecipe, match="'events' and 'items'"):
        ingest(store, open_source(str(export)), Watched(), mapping={"time": "timestamp"})


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "parquet", "parquet.zst"])
def test_every_format_says_the_same(store, tmp_path, suffix):
    table = pl.DataFrame({
        "event_id": [f"e{n}" for n in range(20)],
        "user": [n % 3 for n in range(20)],
        "item": [f"i{n % 4}" for n in range(20)],
        "event": ["addtocart", "transaction"] * 10,
        "time": [1_600_000_000 + n for n in range(20)],
        "price": [n / 8 for n in range(20)],
    })  # fmt: skip
    plain = tmp_path / f"plain.{suffix.split('.')[0]}"
    {"csv": table.write_csv, "jsonl": table.write_ndjson, "parquet": table.write_parquet}[suffix.split(".")[0]](plain)
    pack = {"gz": gzip.compress, "zst": zstandard.compress}.get(suffix.split(".")[-1], bytes)
    path = tmp_path / f"events.{suffix}"
    path.write_bytes(pack(plain.read_bytes()))
    report = ingest(store, open_source(str(path)), Watched())
    assert (report.read, report.accepted) == (20, 20)
    rows = store.event_rows()
    assert rows["id"].to_list() == table["event_id"].to_list()
    assert rows["user"].to_list() == [str(n % 3) for n in range(20)]
    assert rows["kind"].to_list() == ["cart", "purchase"] * 10
    assert rows["time"].to_list() == table["time"].to_list()
    assert rows["price"].to_list() == table["price"].to_list()


def test_a_damaged_archive_keeps_what_was_read_before(tmp_path):
    store = connect(f"sqlite:///{tmp_path}/shop.db")
    path = tmp_path / "events.csv.gz"
    rows = "".join(f"e{n},{1_600_000_000 + n},u{n % 999},view,i{(n * 7919) % 4000}\n" for n in range(110_000))
    whole = gzip.compress(f"id,time,user,event,item\n{rows}".encode(), 1)
    path.write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(BadData, match="cut short"):
        ingest(store, open_source(str(path)), Watched())
    assert store.last() >= 50_000
    path.write_bytes(whole)
    ingest(store, open_source(str(path)), Watched())
    assert store.last() == 110_000
    store.close()


MEASURE = """
import resource, sys
from ronghe.engine.ingest import ingest
from ronghe.stores import connect
from ronghe.stores.sources import open_source
class Plain:
    seed, threads = 0, 1
    def track(self, work, title, total=None): return work
store = connect("sqlite:///" + sys.argv[2])
ingest(store, open_source(sys.argv[1]), Plain())
assert store.last() == int(sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak(path, db, rows):
    """Peak memory in MiB of a process that ingests a file."""
    run = [sys.executable, "-c", MEASURE, str(path), str(db), str(rows)]
    return int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path):
    used = []
    for rows in (60_000, 260_000):
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("id,time,user,event,item\n")
            file.writelines(f"e{n},{1_600_000_000 + n},u{n % 999},view,i{n % 5000}\n" for n in range(rows))
        used.append(peak(path, tmp_path / f"{rows}.db", rows))
    assert used[1] < used[0] + 60, f"{used} MiB"
