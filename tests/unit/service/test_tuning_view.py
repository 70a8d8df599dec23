"""The console's drawing of the last search of settings."""

import json
from pathlib import Path

import pytest

from ronghe.service.pages.tuning_view import search_of
from ronghe.service.pages.words import Say


def record(folder: Path, text: str) -> Path:
    (folder / "tune").mkdir()
    (folder / "tune" / "last.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_last_search_is_drawn_in_the_language_of_the_page(language: str, tmp_path: Path):
    held = {"metric": "ndcg@10", "baseline": 0.1, "trials": [{"value": 0.12}, {"value": None}, {"value": 0.09}]}
    drawn = search_of(record(tmp_path, json.dumps(held)), Say(language))
    assert drawn is not None
    assert drawn.count("<circle") == 2
    assert Say(language)("m.search") in drawn


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"metric": "x", "baseline": "high", "trials": []}', '{"baseline": 1, "trials": 3}']
)
def test_a_record_that_cannot_be_read_is_no_drawing(text: str, tmp_path: Path):
    assert search_of(record(tmp_path, text), Say("en")) is None


def test_no_search_no_drawing(tmp_path: Path):
    assert search_of(tmp_path, Say("en")) is None
