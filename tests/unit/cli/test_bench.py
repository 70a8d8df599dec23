"""`ronghe bench` finds the benchmarks of the checkout, and says what to do where there is none."""

import json
from pathlib import Path

import pytest

from ronghe.cli import bench
from ronghe.core.errors import BadRequest, NotFound, NotReady


def test_every_benchmark_is_listed_with_what_it_measures():
    found = bench.listed(bench.checkout())
    assert {"load", "growth"} <= set(found)
    assert all(len(what) > 10 for what in found.values())


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(NotFound, match="load"):
        bench._module(bench.checkout(), "nothing")


def test_an_installed_package_says_where_benchmarks_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "lib" / "site-packages" / "ronghe" / "cli" / "bench.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReady, match="clone the sources"):
        bench.checkout()


def test_where_lists_cannot_be_written_is_said_before_anything_takes_long(tmp_path: Path):
    for out in (tmp_path, tmp_path / "nowhere" / "lists.tsv"):
        with pytest.raises(BadRequest, match="--out"):
            bench.bench("sequential", out=out)
    with pytest.raises(BadRequest, match="--data"):
        bench.bench("sequential", data=tmp_path / "nowhere")
    bench.check_places(tmp_path, tmp_path / "lists.tsv")
    bench.check_places(None, Path("lists.tsv"))


def test_a_folder_without_the_files_of_a_benchmark_is_told_which(tmp_path: Path):
    with pytest.raises(NotFound, match=r"sequences\.txt is not there"):
        bench.bench("sequential", data=tmp_path)


def test_a_benchmark_without_lists_says_that_none_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    written = tmp_path / "lists.tsv"

    class Silent:
        def run(self, options: object) -> dict[str, int]:
            return {"items": 3}

    monkeypatch.setattr(bench, "_module", lambda folder, name: Silent())
    bench.bench("load", out=written, as_json=True)
    said = capsys.readouterr()
    assert json.loads(said.out) == {"items": 3}
    assert "load ranks nothing" in said.err
    written.write_text("", encoding="utf-8")
    bench.bench("load", out=written, as_json=True)
    assert "ranks nothing" not in capsys.readouterr().err
