"""JSON on stdout is strict, whatever the engine hands over."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ronghe.cli.show import plain, print_json


@dataclass(frozen=True)
class Thing:
    """Something with values that JSON cannot say."""

    score: float
    items: tuple[str, ...]
    place: Path


def test_what_json_cannot_say_becomes_what_it_can(capsys: pytest.CaptureFixture[str]):
    print_json(
        {1: Thing(float("nan"), ("a",), Path("shop")), "array": np.array([1.5, np.inf]), "one": np.int64(3), "yes": np.True_}
    )
    said = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert said == {
        "1": {"score": None, "items": ["a"], "place": "shop"}, "array": [1.5, None], "one": 3, "yes": True,
    }  # fmt: skip


def test_text_is_kept_as_it_is(capsys: pytest.CaptureFixture[str]):
    print_json({"title": "绿茶 “A” \u0000"})
    assert json.loads(capsys.readouterr().out) == {"title": "绿茶 “A” \u0000"}
    assert plain("abc") == "abc"
