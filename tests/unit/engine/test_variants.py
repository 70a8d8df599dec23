"""Items of one group are one result: counted once, shown as the variant that fits, the others named beside it."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from recipes import recipe
from ronghe.engine.engine import Engine
from ronghe.engine.recipe import Recipe
from ronghe.engine.request import SORTS, Answer, Request
from store_of_world import put
from worlds import shop

RECIPE = recipe("""
[retrieve]
bm25 = {}
popular = {}

[choose]
best = {}
mmr = { balance = 0.7 }

[surface.search]
retrieve = ["bm25"]

[surface.browse]
retrieve = ["popular"]

[surface.varied]
retrieve = ["popular"]
choose = "mmr"

[surface.apart]
retrieve = ["bm25"]
variants = false

[surface.item]
retrieve = ["popular"]
""")
COLOURS, SIZES, SHIRTS = ("red", "blue", "green", "black"), ("S", "M", "L"), ("linen", "cotton", "silk")


def looks() -> list[dict[str, Any]]:
    """Three shirts in four colours and three sizes, and a hat by itself; the red linen shirt in M is sold out."""
    shirts = [
        {
            "id": f"{shirt}-{colour}-{size}", "title": f"{shirt} shirt", "group": shirt,
            "brand": "Tailor" if shirt != "silk" else "Moth",
            "category": "Clothes > Shirts" if size != "L" else "Clothes > Large", "price": 20.0 + 10 * at + 2 * SIZES.index(size),
            "attributes": json.dumps({"colour": colour, "size": size, "fit": "slim"}),
            "stock": 0 if (shirt, colour, size) == ("linen", "red", "M") else 5,
        }
        for at, shirt in enumerate(SHIRTS) for colour in COLOURS for size in SIZES
    ]  # fmt: skip
    hat = {"id": "hat", "title": "straw hat", "category": "Clothes", "price": 9.0, "attributes": '{"colour": "red", "size": "M"}'}
    return [*shirts, hat]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    bought = [{"kind": 4, "user": 1, "item": item, "time": 1.0 + item / 100, "session": 1} for item in (0, 4, 30, 36)]
    with closing(Engine.open(put(shop(looks(), bought), tmp_path_factory.mktemp("shirts"), RECIPE))) as engine:
        yield engine


def ask(engine: Engine, surface: str = "search", **request: Any) -> Answer:
    (answer,) = engine.ask([Request(surface, **request)])
    assert isinstance(answer, Answer), answer
    return answer


def counts(answer: Answer, facet: str) -> dict[str, int]:
    return dict(next((one.values for one in answer.facets if one.name == facet), ()))


@pytest.mark.parametrize("sort", SORTS)
def test_a_shirt_is_one_result_however_it_is_sorted(engine: Engine, sort: str) -> None:
    found = ask(engine, text="shirt", sort=sort)
    assert found.total == len(found.items) == 3
    assert len({one.title for one in found.items}) == 3


def test_its_variants_stand_beside_it_the_sold_out_one_too(engine: Engine) -> None:
    linen = next(one for one in ask(engine, text="linen shirt").items if one.title == "linen shirt")
    assert len(linen.variants) == 12
    assert [one["id"] for one in linen.variants if not one["available"]] == ["linen-red-M"]
    assert linen.variants[0]["says"] == {"colour": "red", "size": "S"}  # all are slim: nothing to choose
    assert all(one["fits"] for one in linen.variants)
    hat = ask(engine, text="straw hat").items[0]
    assert hat.variants == ()


@pytest.mark.parametrize("text", ["", "shirt"])
def test_facets_count_shirts_not_variants(engine: Engine, text: str) -> None:
    found = ask(engine, text=text)
    alone = 0 if text else 1
    assert counts(found, "colour") == {"red": 3 + alone, "blue": 3, "green": 3, "black": 3}
    assert counts(found, "brand") == {"Tailor": 2, "Moth": 1}
    tops = counts(found, "category")
    assert (tops["Clothes > Shirts"], tops["Clothes > Large"]) == (3, 3)
    assert tops.get("Clothes", 4) == 3 + alone


@pytest.mark.parametrize("text", ["", "shirt"])
@pytest.mark.parametrize("sort", ["relevance", "price", "newest"])
def test_a_count_is_the_length_of_the_list_behind_it(engine: Engine, text: str, sort: str) -> None:
    chosen = {"size": ["M"]}
    for facet in ask(engine, text=text, sort=sort, filters=chosen).facets:
        for value, count in facet.values:
            found = ask(engine, text=text, sort=sort, filters={**chosen, facet.name: [value]})
            assert (found.total, len(found.items)) == (count, count), (facet.name, value)


@pytest.mark.parametrize("sort", ["relevance", "-price"])
@pytest.mark.parametrize("text", ["", "shirt"])
def test_choosing_a_facet_shows_the_variant_that_matches(engine: Engine, text: str, sort: str) -> None:
    found = ask(engine, text=text, sort=sort, filters={"colour": ["green"], "size": ["L"]})
    assert {one.id for one in found.items} == {f"{shirt}-green-L" for shirt in SHIRTS}
    (fits,) = {tuple(v["id"] for v in one.variants if v["fits"]) for one in found.items if one.id.startswith("silk")}
    assert fits == ("silk-green-L",)


def test_a_sold_out_variant_is_no_match_and_gives_way_to_another(engine: Engine) -> None:
    red_m = ask(engine, text="shirt", filters={"colour": ["red"], "size": ["M"]})
    assert {one.id for one in red_m.items} == {"cotton-red-M", "silk-red-M"}
    assert {one.title for one in ask(engine, text="shirt", filters={"colour": ["red"]}).items} == {f"{s} shirt" for s in SHIRTS}


def test_a_price_bound_shows_a_variant_within_it(engine: Engine) -> None:
    found = ask(engine, text="shirt", price_min=34.0)
    assert {one.title: one.price for one in found.items} == {"cotton shirt": 34.0, "silk shirt": found.items[0].price}
    assert ask(engine, text="shirt", price_max=20.0).items[0].id.endswith("-S")


@pytest.mark.parametrize("text", ["", "shirt"])
@pytest.mark.parametrize("sort", ["relevance", "price", "popular"])
def test_pages_hold_each_shirt_once(engine: Engine, text: str, sort: str) -> None:
    total = ask(engine, text=text, sort=sort).total
    pages = [ask(engine, text=text, sort=sort, k=1, offset=offset) for offset in range(total + 1)]
    titles = [one.title for page in pages for one in page.items]
    assert len(titles) == len(set(titles)) == total
    assert {page.total for page in pages} == {total}
    assert [one.place for page in pages for one in page.items] == list(range(1, total + 1))


def test_the_cheapest_variant_leads_where_the_cheapest_leads(engine: Engine) -> None:
    prices = [one.price for one in ask(engine, text="shirt", sort="price").items]
    assert prices == [20.0, 30.0, 40.0]
    assert [one.price for one in ask(engine, text="shirt", sort="-price").items] == [44.0, 34.0, 24.0]


def test_a_surface_may_show_each_variant_by_itself(engine: Engine) -> None:
    found = ask(engine, "apart", text="shirt", k=100)
    assert found.total == len(found.items) == 35
    assert {one.variants for one in found.items} == {()}


def test_a_varied_shelf_groups_too(engine: Engine) -> None:
    found = ask(engine, "varied")
    assert len({one.title for one in found.items}) == len(found.items) == found.total


def test_beside_an_item_stand_no_variants_of_it(engine: Engine) -> None:
    found = ask(engine, "item", item="linen-blue-S")
    assert found.items
    assert "linen shirt" not in {one.title for one in found.items}


def test_a_hidden_variant_is_not_named(engine: Engine) -> None:
    engine.set_rules('[[hide]]\nitem = ["linen-blue-S", "linen-blue-M"]\n')
    try:
        linen = next(one for one in ask(engine, text="linen shirt").items if one.title == "linen shirt")
        assert len(linen.variants) == 10
        assert [one["id"] for one in engine.variants("linen-red-S") if one["says"]["colour"] == "blue"] == ["linen-blue-L"]
    finally:
        engine.set_rules("")


def test_a_pinned_variant_stands_for_its_shirt_and_is_counted_once(engine: Engine) -> None:
    engine.set_rules('[[pin]]\nitem = "silk-black-L"\nplace = 1\n')
    try:
        found = ask(engine, text="shirt")
        assert (found.items[0].id, found.total, len(found.items)) == ("silk-black-L", 3, 3)
        assert ask(engine, text="shirt", filters={"colour": ["red"]}).items[0].id != "silk-black-L"
    finally:
        engine.set_rules("")


def test_a_variant_that_sells_out_gives_way_at_once(engine: Engine) -> None:
    shown = ask(engine, text="cotton shirt").items[0]
    row = engine.item(shown.id)
    engine.put_items([{**row, "attributes": json.loads(str(row["attributes"])), "stock": 0}])
    try:
        after = ask(engine, text="cotton shirt").items[0]
        assert after.title == shown.title
        assert after.id != shown.id
    finally:
        engine.put_items([{**row, "attributes": json.loads(str(row["attributes"]))}])


def test_variants_is_a_setting_of_a_surface() -> None:
    assert Recipe.parse(RECIPE).surfaces["apart"].variants is False
