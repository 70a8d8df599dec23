"""`ronghe bench growth`: a fit in a process of its own says what it took, or why it did not end."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks import growth, growth_fits
from benchmarks.growth_fit import Task
from benchmarks.growth_log import generated
from benchmarks.growth_plot import plotted
from benchmarks.options import Options

from ronghe.core.errors import NotFound

SMALL = Task("item-knn", users=2000, items=1000, events=60_000, minutes=5.0)


def test_a_generated_log_has_bestsellers_tastes_and_busy_shoppers():
    data = generated(2000, 1000, 50_000, seed=0)
    assert (data.users, len(data.catalog), len(data.events)) == (2000, 1000, 50_000)
    sold = np.sort(np.bincount(data.events.item, minlength=1000))[::-1]
    assert sold[0] > 20 * sold[500]
    busy = np.bincount(data.events.user, minlength=2000)
    assert busy.max() > 5 * busy.mean()
    assert np.array_equal(generated(2000, 1000, 50_000, seed=0).events.item, data.events.item)


def test_a_fit_says_what_it_took():
    said = growth_fits.one(SMALL)
    assert (said["users"], said["items"], said["events"]) == (2000, 1000, 60_000)
    assert said["processor seconds"] > 0
    assert 0 < said["GiB before"] <= said["peak GiB"] < 3


def test_a_share_of_a_file_counts_only_what_its_users_have(tmp_path: Path):
    path = tmp_path / "sequences.txt"
    path.write_text("".join(f"{user} {' '.join(str(10 * user + step) for step in range(5))}\n" for user in range(40)))
    said = growth_fits.one(Task("popular", str(path), share=0.25))
    assert (said["users"], said["items"], said["events"]) == (10, 50, 50)


def test_a_fit_that_needs_more_memory_or_knows_no_such_method_says_so():
    assert growth_fits.one(Task("popular", users=10, items=10, events=200_000_000, memory=2.0))["says"] == "more than 2 GiB"
    assert "KeyError" in growth_fits.one(Task("nothing", users=10, items=10, events=10))["says"]


def test_a_fit_may_use_half_of_the_machine_and_never_more_than_is_promised(monkeypatch):
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 24 * 2**18}.__getitem__)
    assert growth_fits.room() == 12
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 512 * 2**18}.__getitem__)
    assert growth_fits.room() == growth_fits.MEMORY


def test_time_that_grows_with_the_square_of_events_has_exponent_two():
    rows = [{"method": "m", "events": n, "processor seconds": n * n / 100} for n in (10, 30, 100)]
    assert growth_fits.exponents([*rows, {"method": "m", "says": "not tried"}]) == {"m": 2.0}


def test_what_ended_is_drawn(tmp_path: Path):
    pytest.importorskip("matplotlib")
    rows = [{"method": "m", "events": n, "processor seconds": n / 100, "peak GiB": 0.5} for n in (10, 30)]
    for by in ("share", "method"):
        plotted([*rows, {"method": "m", "says": "not tried"}], tmp_path / "out" / f"{by}.png", by)
        assert (tmp_path / "out" / f"{by}.png").read_bytes().startswith(b"\x89PNG")
    assert plotted([{"method": "m", "says": "not tried"}], tmp_path / "none.png", "share") == "not drawn: no fit ended"


def test_an_unknown_part_is_told_the_known_ones():
    with pytest.raises(NotFound, match="games"):
        growth.run(Options(only="nothing"))


def test_a_picture_keeps_what_earlier_runs_measured_and_takes_the_newer_of_two(tmp_path: Path):
    path = tmp_path / "out" / "growth.json"
    first = [{"method": "als", "share": 1.0, "events": 10, "peak GiB": 1.0}, {"method": "bpr", "share": 1.0, "says": "not tried"}]
    assert growth_fits.with_earlier(first, path) == first[:1]
    more = [{"method": "popular", "share": 1.0, "events": 10}, {"method": "als", "share": 1.0, "says": "more than 2 GiB"}]
    assert [row["method"] for row in growth_fits.with_earlier(more, path)] == ["popular", "als"]
    newer = {"method": "als", "share": 1.0, "events": 10, "peak GiB": 2.0}
    assert growth_fits.with_earlier([newer], path)[1] == newer
