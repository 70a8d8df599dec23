"""`semantic` with an encoder out of the shop folder: found from anywhere, narrow where asked, serving when the folder is gone."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.engine.recipe import Recipe
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.encoders.tuning.checkpoint import opened
from ronghe.methods.encoders.tuning.export import exported
from tiny_shop import tiny_shop
from tiny_transformer import tiny_bert

RECIPE = """[retrieve]
semantic = { encoder = "encoders/mine", width = 8 }
[choose.best]
[surface.home]
retrieve = ["semantic"]
filter = []
"""


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop" / "encoders" / "mine"
    exported(opened(str(tiny_bert(tmp_path / "bert"))), folder)
    (folder / "report.json").write_text(json.dumps({"cutoff": 0.125}))
    return folder


def asked(model, text: str) -> list[int]:
    return model.retrieve(Queries.of(1, text=(text,)), 5).of_query(0).tolist()


def test_a_recipe_names_it_from_the_shop_folder(encoder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    shop = encoder.parents[1]
    (shop / "ronghe.toml").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    part = Recipe.load(shop).parts["retrieve"]["semantic"]
    assert Path(part.learner.encoder) == encoder
    model = part.learner.fit(tiny_shop(), Local())
    assert model.vectors.shape[1] == 8
    assert np.allclose(np.linalg.norm(model.vectors.astype(np.float32), axis=1), 1, atol=1e-2)
    (encoder / "model.onnx").write_bytes((encoder / "model.onnx").read_bytes() + b"")
    before = part.hash
    (encoder / "model.onnx").write_bytes(b"another network, as after it was tuned anew")
    assert Recipe.load(shop).parts["retrieve"]["semantic"].hash != before


@pytest.mark.parametrize("int8", [True, False])
def test_what_was_trained_serves_when_the_folder_is_gone(int8: bool, encoder: Path, tmp_path: Path):
    data = tiny_shop()
    model = Semantic(encoder=str(encoder), int8=int8).fit(data, Local())
    save_model(model, tmp_path / "model")
    found = asked(model, "red lamp")
    assert found
    shutil.rmtree(encoder)
    again = load_model(tmp_path / "model")
    assert asked(again, "red lamp") == found
    assert again.cutoff == 0.125
    table = data.catalog.table.with_columns(title=pl.concat_str(pl.lit("blue "), pl.col("title")))
    changed = again.with_catalog(type(data.catalog)(table), np.arange(len(table)))
    assert len(changed.vectors) > len(again.vectors)


def test_training_says_what_is_missing(tmp_path: Path):
    learner = Semantic(encoder="encoders/mine").within(tmp_path)
    with pytest.raises(BadRecipe, match=r"encoders/mine.*lacks"):
        learner.fit(tiny_shop(), Local())
    with pytest.raises(BadRecipe, match="right would be one of"):
        Semantic(encoder="mimilm")
