"""A shop of its first minute: four items, no events, no training; words are found, and a new item at once."""

import tempfile
from contextlib import closing
from pathlib import Path

from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request

RECIPE = """
[retrieve]
bm25 = {}
popular = {}
[filter]
in-stock = {}
[columns]
item-facts = {}
[choose]
best = {}
[surface.home]
retrieve = ["popular"]
[surface.search]
retrieve = ["bm25"]
"""
ITEMS = [
    {"id": "a", "title": "Oat drink, 1 l", "category": "Dairy > Drinks", "price": 1.99},
    {"id": "b", "title": "Whole milk, 1 l", "category": "Dairy > Milk", "price": 1.19},
    {"id": "c", "title": "Dark chocolate 70 %", "category": "Sweets > Chocolate", "price": 2.49},
    {"id": "d", "title": "绿茶 50 克", "category": "Tea", "price": 4.99, "language": "zh"},
]


def found(engine: Engine, text: str) -> list[str]:
    """Ids of what a search finds."""
    [answer] = engine.ask([Request("search", text=text)])
    assert isinstance(answer, Answer), answer
    return [item.id for item in answer.items]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "ronghe.toml").write_text(RECIPE, encoding="utf-8")
        with closing(Engine.open(Path(folder))) as engine:
            assert engine.put_items(ITEMS).accepted == 4
            assert found(engine, "milk") == ["b"]
            assert found(engine, "绿茶") == ["d"]
            engine.put_items([{"id": "e", "title": "Milk chocolate", "category": "Sweets > Chocolate", "price": 2.29}])
            assert set(found(engine, "milk")) == {"b", "e"}
            engine.delete_items(["b"])
            assert found(engine, "milk") == ["e"]
            print("found as typed, live at once, gone at once")


if __name__ == "__main__":
    main()
