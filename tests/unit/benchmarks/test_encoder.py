"""The benchmark of encoders, on a little shop with a tiny transformer."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from benchmarks import encoder
from benchmarks.options import Options

from ronghe.core.errors import NotFound
from tiny_shop import COLOURS, THINGS
from tiny_transformer import tiny_bert


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [
        {"id": str(at), "title": f"{colour} {thing} 16 gb {copy}", "supplier": colour, "attr_t_product_type": thing}
        for at, (copy, colour, thing) in enumerate((n, c, t) for n in range(3) for c in COLOURS for t in THINGS)
    ]
    with gzip.open(tmp_path / "products.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    with (tmp_path / "judgments.csv").open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(("query", "product_id", "grade"))
        for thing in THINGS:
            table.writerows((thing, row["id"], 3 if thing in row["title"] else 0) for row in rows[:40])
    small = {"batch": 16, "rate": 3e-3, "checks": 2, "freeze": 0, "checkpoint": str(tiny_bert(tmp_path / "bert"))}
    monkeypatch.setattr(encoder, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(encoder, "WORDS", {**encoder.WORDS, **small, "most": 200, "held": 0.2})
    monkeypatch.setattr(encoder, "JUDGED", {**encoder.JUDGED, "batch": 8, "rate": 3e-3, "freeze": 0})
    return tmp_path


def test_both_ways_are_scored_and_the_encoder_is_kept(judged: Path):
    told = encoder.run(Options(judged, budget=5.0))
    assert {f"ndcg@10 {name}" for name in ("zero-shot", "tuned on words", "and on judged queries, 5-fold")} <= set(told)
    assert all(0 <= told[name] <= 1 for name in told if name.startswith(("ndcg", "recall")))
    assert len(list((judged / "kept").glob("words-*-0/model.onnx"))) == 1
    assert told["course"]["steps"] > 0
    json.dumps(told)


def test_no_query_is_answered_by_an_encoder_that_saw_its_judgements(judged: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[set[str]] = []

    def watched(data, course, compute, typed=None, **given):
        seen.append(set(typed or ()))
        return tune(data, course, compute, typed, **given)

    from ronghe.methods.encoders.tuning.tuned import tune

    monkeypatch.setattr("ronghe.methods.encoders.tuning.tuned.tune", watched)
    encoder.run(Options(judged, budget=5.0))
    shop = encoder.Shop.of(judged, 0)
    assert seen[0] == set()
    for out, typed in enumerate(seen[1:]):
        held = {query for query, fold in zip(shop.held.queries, shop.fold.tolist(), strict=True) if fold == out}
        assert not typed & held
        assert typed | held == set(shop.held.queries)


def test_a_part_that_is_none_and_a_folder_without_judgements_are_told(judged: Path):
    with pytest.raises(NotFound, match="ablation"):
        encoder.run(Options(judged, only="nothing"))
    (judged / "judgments.csv").unlink()
    (judged / "queries.txt").write_text("lamp\n")
    with pytest.raises(NotFound, match=r"judgments\.csv"):
        encoder.run(Options(judged))
