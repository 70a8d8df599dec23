"""Rules in answers: what was pinned is counted and explained later, what is hidden is hidden everywhere."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ronghe.core.errors import NotFound
from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from served import small_shop

PIN = '[[pin]]\nname = "oat week"\nitem = ["i7", "i8"]\n'
HIDE = '[[hide]]\nitem = "i10"\n[[hide]]\nbrand = "Haver"\n'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine.open(small_shop(tmp_path / "shop", versions=0))) as opened:
        yield opened


def ask(engine: Engine, **request: object) -> Answer:
    (answer,) = engine.ask([Request(**{"surface": "search", **request})])  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("surface", ["search", "home"])
def test_a_rule_is_a_reason_of_a_logged_answer_too(engine: Engine, surface: str) -> None:
    engine.set_rules(PIN + '[[bury]]\nname = "dull"\ncategory = "DRINKS"\n')
    answer = ask(engine, surface=surface, text="strong" if surface == "search" else "", k=200, explain=True)
    engine.set_rules("")  # what the rules say now does not change what they did then
    engine.logbook.flush()
    held = engine.slate(answer.slate)["items"]
    then = [[r for r in one.reasons if r["part"].startswith("rule:")] for one in answer.items]
    later = [[r for r in one["reasons"] if r["part"].startswith("rule:")] for one in held]  # type: ignore[attr-defined]
    assert later == then
    assert [r["part"] for r in later[0]] == ["rule:oat week"]
    assert any(r["part"] == "rule:dull" for one in later for r in one)
    assert held[0]["why"] == answer.items[0].why == "picked by the shop"  # type: ignore[index]


def test_a_pin_that_nothing_matches_beside_is_counted(engine: Engine) -> None:
    engine.set_rules(PIN)
    answer = ask(engine, text="qzxv wkpt")
    assert [one.id for one in answer.items] == ["i7", "i8"]
    assert answer.total == 2
    brands = {value: count for facet in answer.facets if facet.name == "brand" for value, count in facet.values}
    for brand, count in brands.items():
        assert ask(engine, text="qzxv wkpt", filters={"brand": (brand,)}).total == count
    assert sum(brands.values()) == 2


def test_pages_hold_a_pin_once_and_all_say_the_same_total(engine: Engine) -> None:
    engine.set_rules(PIN.replace("item", "place = 9\nitem"))
    pages = [ask(engine, text="tea", k=4, offset=offset) for offset in range(0, 16, 4)]
    seen = [one.id for page in pages for one in page.items]
    assert len(seen) == len(set(seen)) == 12  # ten teas and two pins
    assert seen[8:10] == ["i7", "i8"]
    assert {page.total for page in pages} == {12}


def test_what_is_hidden_is_not_suggested(engine: Engine) -> None:
    before = engine.suggest("che", 50) + engine.suggest("hav", 50)
    engine.set_rules(HIDE)
    after = engine.suggest("che", 50) + engine.suggest("hav", 50)
    assert {one.id for one in before} - {one.id for one in after} == {f"i{n}" for n in (10, 11, 13, 15, 17, 19)} | {"Haver"}
    assert len(engine.suggest("che", 4)) == 4
    engine.set_rules("")
    assert engine.suggest("che", 50) + engine.suggest("hav", 50) == before


def test_a_hidden_item_has_no_page_unless_the_rule_is_of_another_place(engine: Engine) -> None:
    engine.set_rules(HIDE)
    for name in ("i10", "i11"):
        with pytest.raises(NotFound, match="no longer offered"):
            engine.offered(name)
        assert engine.item(name)["id"] == name
    for when in ('surface = "home"', 'words = "cheese"', 'category = "DAIRY"', "until = 2020-01-01"):
        engine.set_rules(f'[[hide]]\nitem = "i10"\nwhen = {{ {when} }}\n')
        assert engine.offered("i10")["id"] == "i10"


def test_an_answer_kept_afterwards_is_logged_as_of_its_moment(engine: Engine) -> None:
    request = Request("home", user="u1", k=3, log=False, time=1_750_000_000.0)
    answer = ask(engine, **{k: v for k, v in vars(request).items() if v})  # log=False is falsy
    (answer,) = engine.ask([request])
    assert isinstance(answer, Answer)
    engine.keep(request, answer, 1_750_000_000.0)
    engine.logbook.flush()
    held = engine.store.slate(answer.slate)
    assert held is not None
    assert (held.time, held.shopper) == (1_750_000_000.0, "u1")
    assert [one["id"] for one in engine.slate(answer.slate)["items"]] == [one.id for one in answer.items]  # type: ignore[attr-defined]
