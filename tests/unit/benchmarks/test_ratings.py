"""The benchmark of ratings on a small file whose right answer is known."""

from pathlib import Path

import numpy as np
import pytest
from benchmarks import ratings
from benchmarks.options import Options
from benchmarks.ratings_table import folds, read, source

from ronghe.core.errors import BadData, NotFound

PEOPLE, FILMS = 30, 12
EVERY = 60.0  # minutes in which every setting is tried, however slow the machine is


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Even people love even films and dislike odd ones, odd people the other way round; two of three pairs are rated."""
    lines = [f"p{p}\tf{f}\t{5 if p % 2 == f % 2 else 2}\t{p * 100 + f}" for p in range(PEOPLE) for f in range(FILMS) if (p + f) % 3]
    return written(tmp_path / "film.inter", lines)


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(["user_id:token\titem_id:token\trating:float\ttimestamp:float", *lines]) + "\n", encoding="utf-8")
    return path.parent


def test_stars_are_foretold_better_by_factors_than_by_means(folder: Path, tmp_path: Path):
    out = tmp_path / "said.tsv"
    found = {name: ratings.run(Options(folder, out, EVERY, 0, False, name))["methods"][0] for name in ("biases", "svd++")}
    assert found["biases"]["rmse"] > 1.3
    assert found["svd++"]["rmse"] < 0.7
    rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len({(user, item) for user, item, *_ in rows}) == len(read(source(folder)))
    truth = {(p, f): 5.0 if p % 2 == f % 2 else 2.0 for p in range(PEOPLE) for f in range(FILMS)}
    wrong = [float(stars) - truth[int(user[1:]), int(item[1:])] for user, item, _, stars in rows]
    assert np.sqrt(np.mean(np.square(wrong))) == pytest.approx(found["svd++"]["rmse"], abs=0.02)


def test_a_blind_run_ranks_what_a_person_has_not_rated(folder: Path, tmp_path: Path):
    out = tmp_path / "lists.tsv"
    figures = ratings.run(Options(folder, out, EVERY, 0, True, "biased-mf"))
    assert "rmse" not in str(figures)
    rated = {tuple(line.split("\t")[:2]) for line in (folder / "film.inter").read_text(encoding="utf-8").splitlines()[1:]}
    rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert not rated & {(user, item) for user, item, *_ in rows}
    first = {user: item for user, item, place, _ in rows if place == "1"}
    assert len(first) == PEOPLE
    assert all(int(user[1:]) % 2 == int(item[1:]) % 2 for user, item in first.items())


def test_a_blind_run_foretells_given_pairs_without_reading_their_stars(folder: Path, tmp_path: Path):
    plain, cheated = tmp_path / "a.tsv", tmp_path / "b.tsv"
    for out, stars in ((plain, ""), (cheated, "5")):
        written(
            folder / "pairs.inter",
            [f"p0\tf0\t{stars}\t1", f"p0\tf3\t{stars}\t1", f"stranger\tf1\t{stars}\t1", f"p1\tnew\t{stars}\t1"],
        )
        written(folder / "train.inter", (folder / "film.inter").read_text(encoding="utf-8").splitlines()[1:])
        ratings.run(Options(folder, out, EVERY, 0, True, "biased-mf"))
    assert plain.read_text(encoding="utf-8") == cheated.read_text(encoding="utf-8")
    said = {tuple(line.split("\t")[:2]): float(line.split("\t")[3]) for line in plain.read_text(encoding="utf-8").splitlines()}
    assert said["p0", "f0"] > said["p0", "f3"]
    assert 2 <= said["stranger", "f1"] <= 5
    assert 2 <= said["p1", "new"] <= 5


def test_every_row_is_foretold_once_by_models_that_did_not_see_it():
    parts = list(folds(103, 5, seed=4))
    assert sorted(np.concatenate([test for _, test in parts]).tolist()) == list(range(103))
    assert all(not set(train) & set(test) and len(train) + len(test) == 103 for train, test in parts)


def test_what_cannot_be_read_is_said(tmp_path: Path):
    with pytest.raises(BadData, match=r"no train\.inter"):
        source(tmp_path)
    with pytest.raises(BadData, match="line 3"):
        read(source(written(tmp_path / "x.inter", ["a\tb\t4\t1", "a\tc\tmany\t2"])))
    with pytest.raises(NotFound, match="svd-mf"):
        ratings.run(Options(tmp_path, only="magic"))
