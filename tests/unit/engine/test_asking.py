"""What a hiding rule hides, no way of sorting brings back."""

from pathlib import Path

import pytest

from ronghe.engine.engine import Engine
from ronghe.engine.request import SORTS, Answer, Request
from served import items, small_shop


@pytest.mark.parametrize("sort", SORTS)
def test_a_hidden_item_is_neither_listed_nor_counted_however_the_answer_is_sorted(tmp_path: Path, sort: str) -> None:
    engine = Engine.open(small_shop(tmp_path / "shop", versions=0))
    try:
        name = str(items()[0]["id"])
        engine.set_rules(f'[[hide]]\nitem = "{name}"\n')
        (answer,) = engine.ask([Request("search", sort=sort, k=200)])
        assert isinstance(answer, Answer)
        assert name not in [one.id for one in answer.items]
        assert len(answer.items) == answer.total == len(items()) - 1
    finally:
        engine.close()


def asked(engine: Engine, **request: object) -> Answer:
    (answer,) = engine.ask([Request("search", **request)])  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("text", ["", "tea", "oat milk"])
@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_pages_hold_each_match_once_and_the_total_stays(tmp_path: Path, text: str, sort: str) -> None:
    engine = Engine.open(small_shop(tmp_path / "shop", versions=0))
    try:
        total = asked(engine, text=text, sort=sort, k=200).total
        pages = [asked(engine, text=text, sort=sort, k=7, offset=offset) for offset in range(0, total + 7, 7)]
        seen = [one.id for page in pages for one in page.items]
        assert {page.total for page in pages} == {total}
        assert len(seen) == len(set(seen)) == total
        assert [one.place for page in pages for one in page.items] == list(range(1, total + 1))
    finally:
        engine.close()


@pytest.mark.parametrize("text", ["", "tea"])
def test_a_facet_counts_what_choosing_it_lists(tmp_path: Path, text: str) -> None:
    engine = Engine.open(small_shop(tmp_path / "shop", versions=0))
    try:
        engine.set_rules(f'[[hide]]\nitem = "{items()[0]["id"]}"\n')
        for facet in asked(engine, text=text).facets:
            for value, count in facet.values:
                chosen = asked(engine, text=text, filters={facet.name: [value]}, k=200)
                if facet.name != "category":  # a path also stands for what lies under it
                    assert (chosen.total, len(chosen.items)) == (count, count)
    finally:
        engine.close()
