"""`bench search`: near-duplicates stay together, nobody is ordered by who saw their grades, folders without judgements."""

import gzip
import json

import numpy as np
import pytest
from benchmarks.learned_search import FOLDS, folds, near_duplicates
from benchmarks.options import Options
from benchmarks.search import run

from ronghe.core.errors import BadData, NotFound

KINDS = ("lamp", "mouse", "keyboard", "radio", "camera", "printer", "scanner", "tablet")
COLOURS = ("red", "blue", "green", "white", "black")


@pytest.fixture
def folder(tmp_path):
    """Eight kinds of things in five colours, each with a cover; the thing is wanted, the cover is not."""
    rows, grades = [], ["query,product_id,grade"]
    for kind in KINDS:
        for colour in COLOURS:
            thing, cover = f"{kind}-{colour}", f"{kind}-{colour}-cover"
            rows.append({"id": thing, "title": f"{colour} {kind} with two years of warranty", "supplier": "Elm", "price": 9900})
            rows.append({"id": cover, "title": f"{kind} cover {colour}", "supplier": "Oak", "price": 500})
            grades += [f"{kind},{thing},3", f"{kind},{cover},0"]
    with gzip.open(tmp_path / "products.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "judgments.csv").write_text("\n".join(grades) + "\n", encoding="utf-8")
    return tmp_path


def test_near_duplicates_share_a_fold():
    group = near_duplicates(["head set", "headset", "headsets", "mouse pad", "mouse"])
    assert group.tolist() == [0, 0, 0, 1, 2]
    fold = folds(near_duplicates([*KINDS, "lamps", "red lamp"]), seed=0)
    assert fold[8] == fold[0]
    assert set(fold.tolist()) <= set(range(FOLDS))


def test_what_other_queries_taught_orders_a_query(folder):
    found = run(Options(data=folder, budget=0.02, only="learned", out=folder / "lists.tsv"))
    assert found["ndcg@10 learned, 5-fold"] > found["ndcg@10 bm25"]
    assert found["ndcg@10 learned, 5-fold"] > 0.95
    first = (folder / "lists.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert first[0] == "camera"
    assert first[1].startswith("camera-")
    assert not first[1].endswith("cover")


def test_a_blind_folder_s_queries_are_ordered_as_other_queries_taught(folder):
    rows = (folder / "judgments.csv").read_text(encoding="utf-8").splitlines()
    more = [f"{colour} {row}" for row in rows[1:] if (colour := row.split(",")[1].split("-")[1])]
    known = [row for row in (*rows, *more) if "lamp" not in row and "radio" not in row]
    (folder / "judgments.csv").write_text("\n".join(known) + "\n", encoding="utf-8")
    (folder / "queries.txt").write_text("lamp\nradio\nlamp\n", encoding="utf-8")
    found = run(Options(data=folder, budget=0.02, blind=True, out=folder / "lists.tsv"))
    assert (found["queries"], found["order"]) == (2, "learned")
    assert not [name for name in found if name.startswith(("ndcg", "recall"))]
    lines = [line.split("\t") for line in (folder / "lists.tsv").read_text(encoding="utf-8").splitlines()]
    for query in ("lamp", "radio"):
        mine = [line for line in lines if line[0] == query]
        assert [line[2] for line in mine] == [str(n + 1) for n in range(len(mine))]
        assert len({line[1] for line in mine}) == len(mine)
        assert all(line[1].startswith(query) and not line[1].endswith("cover") for line in mine[:5])


@pytest.mark.parametrize("only", ["bm25", "semantic"])
def test_one_leg_of_a_blind_folder(folder, only):
    (folder / "judgments.csv").unlink()
    (folder / "queries.txt").write_text("red lamp\n", encoding="utf-8")
    run(Options(data=folder, budget=0.02, blind=True, only=only, out=folder / "lists.tsv"))
    assert (folder / "lists.tsv").read_text(encoding="utf-8").startswith("red lamp\tlamp-red")


def test_what_is_lacking_is_named(folder):
    with pytest.raises(NotFound, match="no leg 'bm52'"):
        run(Options(data=folder, only="bm52"))
    (folder / "judgments.csv").unlink()
    with pytest.raises(NotFound, match=r"judgments\.csv"):
        run(Options(data=folder))
    (folder / "products.jsonl.gz").unlink()
    with pytest.raises(NotFound, match=r"products\.jsonl\.gz"):
        run(Options(data=folder))


def test_without_judgements_the_fused_order_is_written(folder):
    (folder / "judgments.csv").unlink()
    (folder / "queries.txt").write_text("red lamp\n\nprinter\n", encoding="utf-8")
    found = run(Options(data=folder, budget=0.02, out=folder / "lists.tsv"))
    assert found["queries"] == 2
    assert not [name for name in found if name.startswith("ndcg")]
    lines = [line.split("\t") for line in (folder / "lists.tsv").read_text(encoding="utf-8").splitlines()]
    assert {line[0] for line in lines} == {"red lamp", "printer"}
    assert np.diff([float(line[3]) for line in lines if line[0] == "printer"]).max(initial=0) <= 0


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("products.jsonl.gz", "", "no products"),
        ("products.jsonl.gz", "none\n", "line 1"),
        ("products.jsonl.gz", '{"id": "a", "title": "x"}\n[]\n', "line 2"),
        ("judgments.csv", "query,product_id,grade\nlamp,lamp-red,good\n", "good"),
        ("judgments.csv", "lamp,lamp-red,3\nlamp,lamp-blue,3\n", "no query, product_id, grade"),
    ],
)
def test_a_line_that_is_none_is_named(folder, name, text, says):
    (folder / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    with pytest.raises(BadData, match=says):
        run(Options(data=folder, budget=0.02, only="bm25"))
