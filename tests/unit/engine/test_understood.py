"""What a typed text says of facets and prices narrows the whole answer, is told, and can be switched off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ronghe.engine.engine import Engine
from served import searched, small_shop


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = Engine.open(small_shop(tmp_path / "shop", versions=0, understand="facets-in-words = {}"))
    yield opened
    opened.close()


@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_a_price_in_words_bounds_items_total_and_facets(engine: Engine, sort: str):
    answer = searched(engine, "cheese under 2.5", sort=sort)
    assert {one.id for one in answer.items} == {f"i{n}" for n in range(10, 16)}
    assert (answer.total, answer.meant, answer.understood) == (6, "cheese", (("price_max", "2.5"),))
    assert dict(next(f for f in answer.facets if f.name == "brand").values) == {"Lind": 3, "Haver": 3}


def test_each_count_is_the_length_of_the_list_behind_it(engine: Engine):
    for facet in searched(engine, "haver tea").facets:
        for value, count in facet.values:
            assert searched(engine, "haver tea", filters={facet.name: [value]}).total == count


@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_what_leaves_nothing_is_read_as_words(engine: Engine, sort: str):
    answer = searched(engine, "haver tea", filters={"brand": ["Lind"]}, sort=sort)
    assert {one.brand for one in answer.items} == {"Lind"}
    assert answer.total == 5
    assert answer.understood == ()


def test_a_text_can_be_taken_as_it_was_typed(engine: Engine):
    understood, typed = searched(engine, "haver tea"), searched(engine, "haver tea", literal=True)
    assert {one.brand for one in understood.items} == {"Haver"}
    assert understood.understood == (("brand", "Haver"),)
    assert {one.brand for one in typed.items} == {"Haver", "Lind"}
    assert (typed.understood, searched(engine, "chese", literal=True).meant) == ((), "")
    assert searched(engine, "chese").meant == "cheese"


def test_the_trace_tells_what_was_understood(engine: Engine):
    trace = searched(engine, "haver tea", trace=True).trace
    assert trace is not None
    assert trace["understood"] == [["brand", "Haver"]]


@pytest.mark.parametrize("sort", ["relevance", "price"])
@pytest.mark.parametrize("text", ["cheese not haver", "cheese -haver -mild", "cheese 不要haver"])
def test_what_is_denied_is_in_no_list_and_in_no_count(engine: Engine, text: str, sort: str):
    answer = searched(engine, text, sort=sort)
    assert {one.brand for one in answer.items} == {"Lind"}
    assert (answer.total, answer.meant) == (len(answer.items), "cheese")
    assert sum(count for _, count in next(f for f in answer.facets if f.name == "sort").values) == answer.total
    assert answer.understood[0] == ("without", "haver")
    assert not any("Mild" in one.title for one in answer.items if "-mild" in text)


def test_what_is_denied_stays_denied_where_names_find_nothing(engine: Engine):
    answer = searched(engine, "haver cheese not plain", filters={"brand": ["Lind"]})
    assert answer.items
    assert not any("Plain" in one.title for one in answer.items)
    assert (answer.understood, answer.relaxed) == ((("without", "plain"),), (("facets", "Haver"),))


def test_what_is_denied_is_let_go_where_nothing_else_is_left(engine: Engine):
    answer = searched(engine, "cheese not cheese")
    assert answer.total > 0
    assert (answer.understood, answer.relaxed) == ((), (("facets", "-cheese"),))
    assert {one.brand for one in searched(engine, "cheese -haver", literal=True).items} == {"Lind", "Haver"}
