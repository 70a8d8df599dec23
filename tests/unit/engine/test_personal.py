"""What is known of who asks has a say, unless the request or the surface says no; then nothing of it is read."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from store_of_world import put
from worlds import two_tastes

RECIPE = """
[retrieve]
bm25 = {}
ease = { l2 = 1.0 }
again = {}
popular = {}

[columns]
item-facts = {}

[filter]
in-stock = {}
not-bought = {}

[choose]
best = {}

[surface.search]
retrieve = ["bm25", "again"]

[surface.home]
retrieve = ["popular", "again"]
filter = ["in-stock", "not-bought"]

[surface.shared]
retrieve = ["popular", "again"]
personal = false
"""
BLUE, RED = "u0", "u1"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = put(two_tastes(), tmp_path_factory.mktemp("tastes"), RECIPE)
    with closing(Engine.open(folder)) as engine:
        yield engine


def ask(engine: Engine, surface: str, user: str | None, **request: Any) -> tuple[list[str], int]:
    (answer,) = engine.ask([Request(surface, user=user, time=101 * 86_400.0, **request)])
    assert isinstance(answer, Answer), answer
    return [one.id for one in answer.items], answer.total


def test_two_shoppers_are_answered_alike_when_it_is_off_and_apart_when_it_is_on(engine: Engine) -> None:
    assert ask(engine, "home", BLUE) != ask(engine, "home", RED)
    assert ask(engine, "home", BLUE, personal=False) == ask(engine, "home", RED, personal=False) == ask(engine, "home", None)
    alike = {str(ask(engine, "search", who, text="thing", personal=False)) for who in (BLUE, RED, None)}
    assert len(alike) == 1


def test_a_surface_may_be_shared_whatever_a_request_says(engine: Engine) -> None:
    assert ask(engine, "shared", BLUE, personal=True) == ask(engine, "shared", RED) == ask(engine, "shared", None)


@pytest.mark.parametrize("surface", ["search", "home"])
def test_nothing_of_a_shopper_is_read(engine: Engine, surface: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*given: object) -> None:
        raise AssertionError(f"somebody asked for {given}")

    for name in ("number", "at_once", "stamp", "_recall"):
        if hasattr(engine.keeper.shoppers, name):
            monkeypatch.setattr(engine.keeper.shoppers, name, never, raising=False)
    (answer,) = engine.ask([Request(surface, user=BLUE, session="s1", text="thing", personal=False)])
    assert isinstance(answer, Answer)
    assert answer.items
    engine.given(Request(surface, user=BLUE, session="s1", text="thing", personal=False))
    with pytest.raises(AssertionError, match="somebody asked"):
        engine.ask([Request(surface, user=BLUE, text="thing")])


def test_one_answer_serves_all_who_ask_alike(engine: Engine) -> None:
    engine.ask([Request("search", user=BLUE, text="blue thing", personal=False)])
    assert engine.given(Request("search", user=RED, text="blue thing", personal=False)) is not None
    assert engine.given(Request("search", user=RED, text="blue thing")) is None


def test_reasons_are_those_of_the_answer_later_too(engine: Engine) -> None:
    (answer,) = engine.ask([Request("home", user=BLUE, personal=False)])
    assert isinstance(answer, Answer)
    engine.logbook.flush() if hasattr(engine.logbook, "flush") else None
    told: Any = engine.slate(answer.slate)
    assert told["request"]["personal"] is False
    assert not any("again" in reason["part"] for one in told["items"] for reason in one["reasons"])
