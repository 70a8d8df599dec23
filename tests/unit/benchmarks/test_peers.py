"""`ronghe bench peers`: equal processor time for all, pairs of the same algorithm, a peer that cannot be had is skipped."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks import peers, peers_beside
from benchmarks.complete_journey import part
from benchmarks.peers_recbole import RECBOLE
from benchmarks.peers_tuning import Fitted, System, tuned

from ronghe.core.errors import NotFound
from ronghe.core.queries import Queries
from worlds import last_click_wins

NAMES = ("item-knn", "als", "bpr", "ease")


def constant(seconds: float) -> System:
    """A system whose fit takes so long, and whose answers are its setting."""
    return System(lambda _, settings, __: Fitted(lambda queries, k: settings["worth"], seconds), {"worth": tuple(range(12))})


def test_the_best_setting_is_taken_of_those_that_time_allows():
    valid = part(last_click_wins(), 45.0, 30.0)
    every = tuned(constant(0.0), valid, 60.0, 0, lambda found, _: float(found))
    assert (every.settings, every.tried) == ({"worth": 11}, 12)
    few = tuned(constant(10.0), valid, 25.0, 0, lambda found, _: float(found))
    assert few.tried == 3
    assert tuned(constant(1e9), valid, 0.0, 0, lambda found, _: float(found)).tried == 1


@pytest.mark.filterwarnings("ignore")  # of implicit: BLAS threads, a table in another order
@pytest.mark.parametrize("name", NAMES)
def test_ours_and_theirs_answer_every_shopper(name):
    pytest.importorskip("implicit")
    valid = part(last_click_wins(), 45.0, 30.0)
    systems = {**peers.peers_implicit.SYSTEMS, **peers.OURS}
    for system in (n for n in (name, f"implicit-{name}") if n in systems):
        settings = systems[system].settings(0)[0]
        found = systems[system].fit(valid, settings, 0).answer(valid.queries, 5)
        assert len(found) == len(valid.queries)
        assert found.counts.max() == 5
        every = systems[system].fit(valid, settings, 0).answer(valid.queries, 50)  # more than there are
        assert (every.item >= 0).all()
        assert 0 <= peers.score(every, valid) <= 1


def test_grids_are_equally_long():
    systems = {**peers.peers_implicit.SYSTEMS, **peers.OURS}
    assert {len(system.settings(0)) for system in systems.values()} == {12}
    grids = [grid for package in peers.PACKAGES for grid in package.grids.values()]
    assert {int(np.prod([len(v) for v in grid.values()])) for grid in grids} == {12}


def test_one_system_can_be_asked_for_or_packages_and_ours():
    assert peers.wanted("lenskit-als") == ("lenskit-als",)
    assert peers.wanted("lenskit,implicit")[:3] == ("lenskit-item-knn", "lenskit-als", "implicit-als")
    assert peers.wanted("recbole")[-4:] == tuple(peers.OURS)
    assert set(peers.wanted(None)) > {"recbole-bpr", "lenskit-als", "implicit-bpr", "ease"}
    with pytest.raises(NotFound, match="surprise"):
        peers.wanted("implicit,surprise")


def test_ratios_are_of_the_same_algorithm():
    row = {"ndcg@10": 0.2, "recall@20": 0.1, "fit processor seconds": 4.0}
    rows = {"als": row, "implicit-als": {**row, "fit processor seconds": 8.0}, "lenskit-als": row, "ease": row}
    said = {one["pair"]: one["fit processor seconds"] for one in peers._ratios(rows)}
    assert said == {"als / implicit-als": 0.5, "als / lenskit-als": 1.0}


def test_where_a_package_cannot_be_had_it_is_skipped_and_said_why(monkeypatch: pytest.MonkeyPatch):
    def fails(package) -> Path:
        raise subprocess.CalledProcessError(1, "pip", stderr="looking\nno network here\n")

    monkeypatch.setattr(peers_beside, "environment", fails)
    with peers_beside.beside(RECBOLE) as (systems, says):
        assert systems == {}
        assert says == "skipped: no network here"


def test_a_package_that_was_installed_and_does_not_run_is_skipped_and_said_why(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers_beside, "environment", lambda package: Path(sys.executable))
    with peers_beside.beside(replace(RECBOLE, side="no_such_side.py")) as (systems, says):
        assert systems == {}
        assert "no_such_side.py" in says


@pytest.mark.parametrize("package", peers.PACKAGES, ids=[package.name for package in peers.PACKAGES])
def test_a_package_answers_from_its_own_process(package):
    if not (package.place / "made").is_file():
        pytest.skip(f"the environment of {package.name} was not made here")
    valid = part(last_click_wins(), 45.0, 30.0)
    with peers_beside.beside(package) as (systems, says):
        assert says.startswith(package.name)
        for system in systems.values():
            fitted = system.fit(valid, system.settings(0)[0], 0)
            found = fitted.answer(Queries.of(len(valid.queries), user=valid.queries.user), 5)
            assert fitted.seconds > 0
            assert found.counts.max() == 5
