"""`ronghe bench collaborative` on a small folder of LightGCN format: what is held out, what is ranked, what is told."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks import collaborative
from benchmarks.held_out import read
from benchmarks.options import Options

from ronghe.core.errors import BadData, NotFound

USERS, SIDE, EACH = 120, 60, 12
AT_ONCE, EVERY = 0, 60  # minutes in which one setting is tried, and all of a small grid, however fast the machine is


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Even users like items below SIDE, odd ones the others; EACH in train and three in test."""
    rng = np.random.default_rng(0)
    train, test = [], []
    for user in range(USERS):
        items = rng.permutation(SIDE)[: EACH + 3] + SIDE * (user % 2)
        train.append(" ".join(map(str, [user, *items[:EACH]])))
        test.append(" ".join(map(str, [user, *items[EACH:]])))
    (tmp_path / "train.txt").write_text("\n".join(train) + "\n")
    (tmp_path / "test.txt").write_text("\n".join(test) + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "budget", "tried"), [(None, AT_ONCE, 1), ("graph-blend", AT_ONCE, 1), ("item-knn", EVERY, 6), ("als", AT_ONCE, 1)]
)
def test_each_taste_gets_its_own_side_and_nothing_twice(folder, name, budget, tried):
    out = folder / "lists.tsv"
    figures = collaborative.run(Options(data=folder, out=out, budget=budget, only=name))
    assert figures["tried"] == tried
    assert figures["recall@20"] > 0.35  # 20 of the 48 items that are left on a side
    rows = [line.split("\t") for line in out.read_text().splitlines()]
    had = {line.split()[0]: set(line.split()[1:]) for line in (folder / "train.txt").read_text().splitlines()}
    assert len({(user, item) for user, item, *_ in rows}) == len(rows)
    assert not [1 for user, item, *_ in rows if item in had[user]]
    assert np.mean([(int(item) >= SIDE) == (int(user) % 2 == 1) for user, item, *_ in rows]) > 0.95
    assert [int(place) for user, _, place, _ in rows if user == "7"] == list(range(1, 21))


def test_blind_reads_no_test_part(folder):
    at_once = Options(data=folder, budget=AT_ONCE)
    seen = collaborative.run(replace(at_once, out=folder / "seen.tsv"))
    (folder / "test.txt").unlink()
    figures = collaborative.run(replace(at_once, out=folder / "blind.tsv", blind=True))
    assert "recall@20" not in figures
    assert figures["settings"] == seen["settings"]
    assert (folder / "blind.tsv").read_text() == (folder / "seen.tsv").read_text()


def test_a_fifth_of_each_line_is_held_out_and_by_the_seed(folder):
    train = read(folder / "train.txt")
    kept, held = collaborative.cut(train, 0)
    assert set(held.counts.tolist()) == {EACH // 5}
    assert np.array_equal(np.sort(np.concatenate([kept.item, held.item])), np.sort(train.item))
    assert np.array_equal(collaborative.cut(train, 0)[1].item, held.item)
    assert not np.array_equal(collaborative.cut(train, 1)[1].item, held.item)


def test_an_unknown_method_is_told_the_known_ones(folder):
    with pytest.raises(NotFound, match="ranked-blend"):
        collaborative.run(Options(data=folder, only="nothing"))


def test_a_user_who_stands_twice_is_refused(folder):
    path = folder / "train.txt"
    path.write_text(path.read_text() + "3 4 5\n")
    with pytest.raises(BadData, match="user '3' stands twice"):
        collaborative.run(replace(Options(), data=folder))


def test_lines_too_short_to_choose_settings_by_are_told_so(tmp_path):
    (tmp_path / "train.txt").write_text("0 1 2\n1\n", encoding="utf-8")
    with pytest.raises(BadData, match="nobody has 5 items"):
        collaborative.run(Options(data=tmp_path, budget=AT_ONCE, blind=True))
