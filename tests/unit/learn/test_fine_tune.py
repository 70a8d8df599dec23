"""`ronghe fine-tune` on a little shop: what was typed is learnt from, the folder is whole, settings are checked."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ronghe.cli import main
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe, NotFound
from ronghe.core.ports import EVENT_SCHEMA
from ronghe.evaluate.course_plot import course_plot
from ronghe.learn.fine_tune import course_of, dataset_of, fine_tune, settings_of, teacher_of, typed_in, words_scorer
from ronghe.methods.encoders.folder import FolderEncoder
from ronghe.methods.encoders.tuning.checkpoint import opened
from ronghe.stores import connect
from tiny_shop import tiny_shop
from tiny_transformer import tiny_bert

RECIPE = '[retrieve]\nbm25 = {}\n[choose.best]\n[surface.home]\nretrieve = ["bm25"]\nfilter = []\n'
SMALL = {"batch": 8, "held": 0.2, "most": 80, "checks": 2, "tokens": 24, "rate": 0.003}
LOG = [
    ("a", "search", "crimson light", None, 0.0), ("a", "click", None, "i0", 10.0), ("a", "purchase", None, "i40", 1700.0),
    ("a", "purchase", None, "i80", 1900.0), ("b", "click", None, "i3", 20.0), ("b", "search", "seat  red", None, 30.0),
    ("b", "impression", None, "i5", 31.0), ("b", "cart", None, "i3", 40.0), ("b", "cart", None, "gone", 41.0),
]  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ronghe.toml").write_text(RECIPE)
    store = connect(f"sqlite:///{folder}/shop.db")
    store.put_items(tiny_shop().catalog.table)
    events = {name: [None] * len(LOG) for name in EVENT_SCHEMA}
    events |= {"id": [f"e{n}" for n in range(len(LOG))], "user": [row[0] for row in LOG], "kind": [row[1] for row in LOG],
               "query": [row[2] for row in LOG], "item": [row[3] for row in LOG], "time": [row[4] for row in LOG]}  # fmt: skip
    store.append(pl.DataFrame(events, schema=EVENT_SCHEMA))
    store.close()
    return folder


def test_what_was_typed_is_answered_by_what_was_clicked_or_bought_soon_after(shop: Path):
    store = connect(f"sqlite:///{shop}/shop.db")
    data = dataset_of(store)
    assert typed_in(store, data) == {"crimson light": [0, 40], "seat red": [3]}
    store.close()


def test_a_shop_gets_an_encoder_of_its_own(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    start = str(tiny_bert(tmp_path / "bert"))
    (shop / "judgements.csv").write_text("query,item,grade\nsomething to sit on,i3,2\nsomething to sit on,i0,0\n")
    words = ["fine-tune", "mine", "--shop", str(shop), "--from", start, "--judged", "judgements.csv", "--teacher", "bm25", "--json"]
    capsys.readouterr()
    assert main([*words, *(f"--set={name}={value}" for name, value in SMALL.items())]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["encoder"] == "encoders/mine"
    assert told["pairs"]["query"] + told["judging pairs"].get("query", 0) == 4
    folder = shop / "encoders" / "mine"
    kept = {"model.onnx", "model_quantized.onnx", "tokenizer.json", "report.json", "curves.svg", "checkpoint"}
    assert {path.name for path in folder.iterdir()} == kept
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]
    assert opened(str(folder / "checkpoint")).dim == 32
    assert FolderEncoder(str(folder)).encode(["red lamp"]).shape == (1, 32)
    assert FolderEncoder(str(folder)).cutoff == json.loads((folder / "report.json").read_text())["cutoff"]
    assert (folder / "curves.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("name", ["", "../away", "UP", "a/b", ".hidden"])
def test_a_name_that_leaves_the_folder_is_refused(name: str, shop: Path):
    with pytest.raises(BadRecipe, match="encoder name"):
        fine_tune(shop, name, {}, Local())


def test_settings_are_read_and_checked():
    assert settings_of(["near=4", "widths=[8,16]", "mine=encoder"]) == {"near": 4, "widths": [8, 16], "mine": "encoder"}
    assert course_of({"near": 4, "widths": [8, 16]}).widths == (8, 16)
    for wrong, says in (({"neer": 4}, "neer"), ({"near": "x"}, "near"), ({"near": 0}, "near is 0")):
        with pytest.raises(BadRecipe, match=says):
            course_of(wrong)
    with pytest.raises(BadRecipe, match="name=value"):
        settings_of(["near"])


def test_words_teach_how_much_better_an_answer_is():
    data = tiny_shop()
    score = teacher_of(words_scorer(data, Local()))(["red lamp"] * 3 + ["blue chair"], np.array([0, 8, 3, 11]))
    assert score[0] > score[1]
    assert score[0] > score[2]
    assert score[3] > 0


def test_a_teacher_that_is_none_is_told(shop: Path):
    with pytest.raises(NotFound, match="right would be bm25"):
        fine_tune(shop, "mine", {"negatives": 1, "teach": 0.1}, Local(), teacher="nobody")


def test_curves_are_drawn_even_of_one_point_or_none():
    points = [{"step": 0, "loss": None, "ndcg@10": 0.2}, {"step": 9, "loss": 1.0, "ndcg@10": 0.4}]
    assert course_plot(points).count("<polyline") == 2
    assert course_plot([]).startswith("<svg")
    assert course_plot(points[:1]).count("<polyline") == 1
