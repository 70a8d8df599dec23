"""What serves stays in step with the store, whoever writes to it: this process, or another."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ronghe.core.ports import SlateRow
from ronghe.engine.engine import Engine
from ronghe.engine.request import Request
from served import fit, small_shop


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=1)


@pytest.fixture
def pair(shop: Path) -> Iterator[tuple[Engine, Engine]]:
    """The engine that is asked, and one that stands for another process."""
    with closing(Engine.open(shop)) as ours, closing(Engine.open(shop)) as theirs:
        yield ours, theirs


NOW = time.time() - 60


def bought(item: str, user: str, moment: float = NOW) -> dict[str, object]:
    return {"id": f"{user}-{item}", "time": moment, "user": user, "item": item, "kind": "purchase"}


def test_items_of_another_process_are_not_missed_when_this_one_writes_too(pair: tuple[Engine, Engine]) -> None:
    ours, theirs = pair
    theirs.put_items([{"id": "theirs", "title": "Their Tea"}])
    ours.put_items([{"id": "ours", "title": "Our Tea"}])
    assert ours.item("theirs")["title"] == "Their Tea"
    assert ours.keeper.live.catalog.vocabulary.ids == ours.store.catalog().vocabulary.ids


def test_a_version_fitted_after_new_items_serves_at_once(pair: tuple[Engine, Engine]) -> None:
    ours, theirs = pair
    theirs.put_items([{"id": "new", "title": "New Tea"}])
    theirs.record([bought("new", f"u{n}") for n in range(20)])
    ours.switch(fit(theirs))
    (answer,) = ours.ask([Request("search", text="new tea", log=False)])
    assert answer.items[0].id == "new"


def test_an_event_on_an_item_that_another_process_brought_is_remembered(pair: tuple[Engine, Engine]) -> None:
    ours, theirs = pair
    theirs.put_items([{"id": "new", "title": "New Tea"}])
    theirs.record([bought("new", "zoe")])
    ours.refresh()
    zoe = ours.keeper.shoppers.number("zoe")
    assert len(ours.keeper.shoppers.history([(zoe,)], np.array([NOW + 1])).item) == 1


def test_what_sold_since_the_start_counts_in_the_popularity_of_the_next_version(pair: tuple[Engine, Engine]) -> None:
    ours, _ = pair
    before = ours.keeper.live.popularity[3]
    ours.record([bought("i3", f"z{n}") for n in range(50)])
    ours.switch(fit(ours))
    assert ours.keeper.live.popularity[3] > before + 40


def test_shoppers_are_numbered_as_in_the_log_whatever_they_do(pair: tuple[Engine, Engine]) -> None:
    ours, _ = pair
    search = {"id": "s", "user": "searcher", "kind": "search", "query": "tea"}
    ours.record([search, bought("nowhere", "dreamer"), bought("i3", "buyer")])
    held, log, names = ours.keeper.shoppers, ours.store.shoppers(), ("searcher", "dreamer", "buyer")
    assert [held.number(name) for name in names] == [log.number(name) for name in names]


def test_the_latest_event_is_the_moment_that_the_shop_is_known_at(pair: tuple[Engine, Engine]) -> None:
    ours, _ = pair
    moment = ours.status()["as_of"] + 60.0
    ours.record([bought("i3", "u1", moment)])
    assert ours.status()["as_of"] == moment


def test_an_answer_is_explained_after_its_facet_is_gone(shop: Path) -> None:
    with closing(Engine.open(shop)) as engine:
        asked = Request("home", user="u2", k=3, filters={"sort": ("Plain", "Mild")})
        (answer,) = engine.ask([asked])
        rows = [{**engine.item(f"i{n}"), "attributes": {}} for n in range(60)]
        engine.put_items([{k: v for k, v in row.items() if k in ("id", "title", "category", "attributes")} for row in rows])
        assert "sort" not in engine.keeper.live.facets.names
        assert [item["id"] for item in engine.slate(answer.slate)["items"]] == [shown.id for shown in answer.items]


def test_an_answer_that_cannot_be_written_does_not_lose_the_later_ones(shop: Path) -> None:
    with closing(Engine.open(shop)) as engine:
        for name, body in (("bad", {"text": object()}), ("good", {"items": []})):
            engine.logbook.put([SlateRow(name, 1.0, None, "home", "", body)])
            engine.logbook.flush()
        assert engine.logbook.lost == 1
        assert engine.store.slate("good") is not None
