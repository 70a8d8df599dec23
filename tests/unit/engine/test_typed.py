"""What shoppers typed is suggested once enough of them did, while it leads to something; their own comes first."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ronghe.core.searches import Searches
from ronghe.engine.engine import Engine
from ronghe.engine.recipe import Search
from ronghe.engine.request import Request
from ronghe.engine.typed import Typed
from served import small_shop

DAY = 86_400.0
CLICK, BOUGHT, SEARCH = 2, 4, 7


def typed(*rows, typed_by=2, half_life=30.0, now=100.0):
    """Rows of text, day, user, kind."""
    held = Typed(Search(typed_by=typed_by, half_life=half_life))
    held.add(Searches.of([(text, day * DAY, user, 0, kind) for text, day, user, kind in rows]))
    return held.suggested(now * DAY)


def test_a_text_of_too_few_shoppers_is_nobody_s_business():
    assert typed(("milk", 1, 0, CLICK), ("milk", 2, 0, CLICK), ("milk", 3, -1, CLICK)) == {}
    assert list(typed(("milk", 1, 0, CLICK), ("Milk ", 2, 1, CLICK))) == ["milk"]


def test_what_is_bought_weighs_more_and_what_is_old_less():
    found = typed(
        *[("bought", 90, u, BOUGHT) for u in range(2)], *[("clicked", 90, u, CLICK) for u in range(2)],
        *[("old", 10, u, BOUGHT) for u in range(2)],
    )  # fmt: skip
    assert found["bought"] > found["clicked"] > found["old"] > 0
    twice = typed(*[("milk", day, u, CLICK) for day in (70, 100) for u in range(2)])
    once = typed(*[("milk", 100, u, CLICK) for u in range(2)])
    assert twice["milk"] == pytest.approx(1.5 * once["milk"])


@pytest.mark.parametrize("text", ["me@example.com", "0171 2345678", "order 1234567", "x" * 200, "  "])
def test_what_may_be_private_is_never_suggested(text):
    assert typed((text, 1, 0, CLICK), (text, 2, 1, CLICK)) == {}


def test_a_text_is_written_as_most_write_it():
    assert list(typed(("CAFE", 1, 0, CLICK), ("Café", 1, 1, CLICK), ("Café", 2, 1, CLICK))) == ["Café"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = small_shop(tmp_path_factory.mktemp("typed") / "shop", versions=0)
    opened = Engine.open(folder)
    now = time.time()
    texts = {"golden cheese": 5, "tea": 3, "secret cheese": 2, "plutonium cheese": 6, "绿茶": 4}
    opened.put_items([{"id": "g1", "title": "绿茶 100 g"}])
    opened.record([
        {"id": f"{text}-{n}", "time": now - n, "user": f"s{n}", "kind": "click", "item": "i13", "query": text}
        for text, many in texts.items() for n in range(many)
    ])  # fmt: skip
    opened.refresh()
    yield opened
    opened.close()


def said(engine: Engine, text: str, **who: str) -> list[tuple[str, str]]:
    return [(one.text, one.kind) for one in engine.suggest(text, 8, **who)]


def test_suggestions_learn_from_what_was_typed_and_chosen(engine: Engine):
    assert said(engine, "gol")[0] == ("golden cheese", "query")
    assert ("golden cheese", "query") in said(engine, "chee")
    assert said(engine, "golden chese")[0] == ("golden cheese", "query"), "one letter is mended"
    assert said(engine, "绿")[0] == ("绿茶", "query")


def test_what_too_few_typed_or_leads_to_nothing_is_not_suggested(engine: Engine):
    assert "secret cheese" not in dict(said(engine, "secret"))
    assert "plutonium cheese" not in dict(said(engine, "pluto"))


def test_what_is_gone_or_hidden_takes_its_texts_along(engine: Engine):
    assert said(engine, "te")
    engine.set_rules('[[hide]]\ncategory = "DRINKS > TEA"\n')
    assert said(engine, "te") == []
    engine.set_rules("")
    engine.put_items([{"id": "x1", "title": "Rooibos mate"}])
    engine.record([{"id": f"r{n}", "user": f"s{n}", "kind": "click", "item": "x1", "query": "rooibos"} for n in range(3)])
    engine.refresh()
    assert ("rooibos", "query") in said(engine, "roo")
    engine.delete_items(["x1"])
    assert said(engine, "roo") == []


def test_who_is_known_finds_their_own_first(engine: Engine):
    ((answer),) = engine.ask([Request("search", text="mild cheese", user="u3")])
    assert answer.total
    assert said(engine, "mi", user="u3")[0] == ("mild cheese", "recent")
    assert said(engine, "", user="u3") == [("mild cheese", "recent")]
    assert ("mild cheese", "recent") not in said(engine, "mi", user="u4")
    assert said(engine, "golden", user="s1")[0] == ("golden cheese", "recent"), "out of the log, too"
    assert said(engine, "") == []


def test_a_click_that_names_its_answer_names_what_was_typed(engine: Engine):
    for n in range(3):
        ((answer),) = engine.ask([Request("search", text="old bread", session=f"v{n}")])
        engine.logbook.flush()
        engine.record([{"session": f"v{n}", "kind": "click", "item": answer.items[0].id, "slate": answer.slate, "place": 1}])
    engine.refresh()
    assert ("old bread", "query") in said(engine, "old b")
