"""`ronghe tune` from the command line: what it would search, what it finds, what it refuses."""

import json
from pathlib import Path

import pytest

from ronghe.cli import main
from ronghe.engine.recipe import Recipe
from store_of_world import put
from worlds import corner_shop

RECIPE = """# mine
[split]
test_days = 14
valid_days = 14
[retrieve]
item-knn = { least = 1, shrink = 150.0 }
popular = {}
[columns]
item-facts = {}
[choose]
best = {}
[surface.home]
retrieve = ["item-knn", "popular"]
filter = []
"""


@pytest.fixture
def corner(tmp_path: Path) -> Path:
    return put(corner_shop(), tmp_path, RECIPE)


def test_it_lists_what_it_would_search_and_searches_nothing(corner: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["tune", "--list", "--json", "--shop", str(corner)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"name": "retrieve.item-knn.shrink", "low": 1.0, "high": 200.0, "log": True, "now": 150.0} in rows
    assert not (corner / "tune").exists()


def test_it_writes_the_winner_and_says_so(corner: Path, capsys: pytest.CaptureFixture[str]):
    out = corner / "better.toml"
    asked = ["tune", "--shop", str(corner), "--trials", "6", "--threads", "1", "--out", str(out), "--json"]
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["best"]["value"] > said["baseline"]
    assert said["recipe"] == str(out)
    assert Path(said["plot"]).is_file()
    assert len(said["trials"]) == 6
    assert out.read_text(encoding="utf-8").startswith("# mine")
    Recipe.parse(out.read_text(encoding="utf-8"))
    assert main(["tune", "--shop", str(corner), "--trials", "6", "--threads", "1"]) == 0
    assert "trials: 6" in capsys.readouterr().out


def test_a_file_that_is_there_is_refused_before_anything_is_searched(corner: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["tune", "--shop", str(corner), "--out", str(corner / "ronghe.toml")]) == 2
    assert "--force" in capsys.readouterr().err
    assert not (corner / "tune").exists()
    assert (corner / "ronghe.toml").read_text(encoding="utf-8") == RECIPE


def test_an_unknown_part_is_told_the_known_ones(corner: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["tune", "--shop", str(corner), "--part", "magic", "--list"]) == 2
    assert "item-knn, popular, fuse" in capsys.readouterr().err
