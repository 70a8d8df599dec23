"""Likely categories in a running shop: told, leaned to with reasons that sum to the score, and the last resort of a search."""

from collections.abc import Iterator

import pytest

from ronghe.engine.engine import Engine
from served import searched, small_shop

UNDERSTAND = "likely-category = { strength = 0.5 }"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = small_shop(tmp_path_factory.mktemp("likely") / "shop", versions=0, understand=UNDERSTAND)
    opened = Engine.open(folder)
    opened.record([{"id": f"q{n}", "user": f"s{n}", "kind": "click", "item": "i41", "query": "infusion"} for n in range(5)])
    opened.close()
    opened = Engine.open(folder)  # which has learnt from these clicks
    yield opened
    opened.close()


def test_the_categories_that_a_text_is_about_are_told_with_their_odds(engine: Engine):
    kinds = dict(searched(engine, "cheese").kinds)
    assert next(iter(kinds)) == "DAIRY > CHEESE"
    assert 0.5 < kinds["DAIRY > CHEESE"] <= 1.0
    assert searched(engine, "cheese", literal=True).kinds == ()


def test_what_an_item_gains_is_part_of_its_score_and_of_its_reasons(engine: Engine):
    answer = searched(engine, "mild cheese", explain=True)
    assert answer.items[0].title == "Mild Cheese 2 OZ"
    for one in answer.items:
        assert sum(reason["weight"] for reason in one.reasons) == pytest.approx(one.score, rel=1e-5)
    sentences = {reason["sentence"] for one in answer.items[:3] for reason in one.reasons}
    assert "from CHEESE, where such things mostly are" in sentences


def test_where_no_word_is_known_the_clicks_of_others_say_where_to_look(engine: Engine):
    answer = searched(engine, "infusion")
    assert answer.relaxed == (("category", "DRINKS > TEA"),)
    assert {one.category for one in answer.items} == {"DRINKS > TEA"}
    assert answer.total == 10
    assert searched(engine, "qwertz").total == 0
