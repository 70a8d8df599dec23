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
