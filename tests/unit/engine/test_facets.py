"""Filters leave what they name; counts let a shopper add a value."""

import json

import numpy as np
import polars as pl
import pytest

from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.errors import BadRequest
from ronghe.engine.facets import Facets
from ronghe.engine.request import Request

ROWS = [
    ("a", "Acme", "Food > Bread", '{"size": "1 lb"}', 1.0),
    ("b", "Acme", "Food > Milk", '{"size": "2 lb"}', 2.0),
    ("c", "Best", "Food > Bread", "{}", None),
    ("d", "", "Foodstuff", '{"size": ["1 lb", "2 lb"]}', 4.0),
]


@pytest.fixture
def facets() -> Facets:
    return Facets(catalog())


def catalog() -> Catalog:
    columns = {
        "id": [r[0] for r in ROWS], "title": ["t"] * 4, "description": [""] * 4, "brand": [r[1] for r in ROWS],
        "category": [r[2] for r in ROWS], "attributes": [r[3] for r in ROWS], "price": [r[4] for r in ROWS],
        "stock": [None, 1, 0, None], "group": [""] * 4, "image": [""] * 4, "language": [""] * 4,
        "created": [None] * 4, "deleted": [False] * 4,
    }  # fmt: skip
    return Catalog(pl.DataFrame(columns, schema=SCHEMA))


def left(facets: Facets, **asked: object) -> list[int]:
    mask = facets.mask(Request("search", **asked))  # type: ignore[arg-type]
    return list(range(4)) if mask is None else np.flatnonzero(mask).tolist()


def test_a_category_stands_for_what_lies_under_it_and_only_that(facets: Facets) -> None:
    assert left(facets, filters={"category": ["Food"]}) == [0, 1, 2]
    assert left(facets, filters={"category": ["Food > Bread"]}) == [0, 2]


def test_values_are_alternatives_and_facets_must_all_hold(facets: Facets) -> None:
    assert left(facets, filters={"brand": ["Acme", "Best"], "category": ["Food > Bread"]}) == [0, 2]
    assert left(facets, filters={"size": ["1 lb"]}) == [0, 3]


def test_every_value_of_a_list_can_be_chosen_and_is_counted(facets: Facets) -> None:
    assert left(facets, filters={"size": ["2 lb"]}) == [1, 3]
    counted = {f.name: dict(f.values) for f in facets.counted(Request("search"), np.arange(4))}
    assert counted["size"] == {"1 lb": 2, "2 lb": 2}


def test_a_count_is_the_length_of_the_list_that_choosing_it_gives() -> None:
    rows = [
        ("Food", '{"kind": ["a", "b", "a"]}'),
        ("Food > Bread", '{"kind": ["b"]}'),
        ("Food > Bread > Rye", '{"kind": []}'),
        ("", "{}"),
    ]
    columns = {"category": [r[0] for r in rows], "attributes": [r[1] for r in rows]}
    facets = Facets(Catalog(catalog().table.with_columns(**{name: pl.Series(said) for name, said in columns.items()})))
    counted = {f.name: dict(f.values) for f in facets.counted(Request("search"), np.arange(4))}
    assert counted["category"] == {"Food": 3, "Food > Bread": 2, "Food > Bread > Rye": 1}
    assert counted["kind"] == {"a": 1, "b": 2}
    for name, values in counted.items():
        for value, count in values.items():
            assert len(left(facets, filters={name: [value]})) == count, (name, value)


def test_what_names_each_item_is_no_facet() -> None:
    table = catalog().table
    rows = pl.concat([table] * 30).with_columns(
        id=pl.Series([f"n{n}" for n in range(120)]),
        attributes=pl.Series([json.dumps({"model": f"M{n}", "series": f"S{n % 40}"}) for n in range(120)]),
    )
    assert Facets(Catalog(rows)).names == ["brand", "category", "series"]


def test_a_value_too_long_to_be_asked_for_is_not_offered(facets: Facets) -> None:
    table = catalog().table.with_columns(attributes=pl.Series([json.dumps({"story": "x" * n}) for n in (1_000, 1_001, 3, 2)]))
    counted = {f.name: dict(f.values) for f in Facets(Catalog(table)).counted(Request("search"), np.arange(4))}
    assert sorted(map(len, counted["story"])) == [2, 3, 1_000]


def test_a_whole_number_is_written_without_a_point() -> None:
    table = catalog().table.with_columns(attributes=pl.Series(['{"g": 100.0}', '{"g": 100}', '{"g": [2.5, 3.0]}', "{}"]))
    facets = Facets(Catalog(table))
    counted = {f.name: dict(f.values) for f in facets.counted(Request("search"), np.arange(4))}
    assert counted["g"] == {"100": 2, "2.5": 1, "3": 1}
    assert left(facets, filters={"g": ["100"]}) == [0, 1]


def test_changed_items_are_patched_into_the_facets_as_if_all_were_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.engine.facets.SMALL", 0)
    table = pl.concat([catalog().table] * 30).with_columns(id=pl.Series([f"n{n}" for n in range(120)]))
    grown = pl.concat([table, table.head(2).with_columns(id=pl.Series(["new", "newer"]))])
    said = grown["attributes"].to_list()
    said[1], said[3], said[120], said[121] = '{"size": "9 lb"}', "{}", '{"size": ["9 lb", "1 lb"]}', '{"size": "2 lb"}'
    new = Catalog(grown.with_columns(attributes=pl.Series(said)))
    facets = Facets(Catalog(table))
    assert facets.attributes
    patched = facets.with_catalog(new, np.array([1, 3, 120, 121]))
    anew = Facets(new)
    request, all_of_it = Request("search"), np.arange(122)
    for one in (patched, patched.with_catalog(new, np.array([7]))):
        assert {f.name: dict(f.values) for f in one.counted(request, all_of_it)} == {
            f.name: dict(f.values) for f in anew.counted(request, all_of_it)
        }
        for size in ("1 lb", "2 lb", "9 lb"):
            asked = Request("search", filters={"size": (size,)})
            assert one.mask(asked).tolist() == anew.mask(asked).tolist()  # type: ignore[union-attr]
    assert patched.since == {1, 3, 120, 121}
    assert facets.with_catalog(new, np.arange(20)).since == frozenset(), "chosen anew"


def test_stories_are_no_facet() -> None:
    table = catalog().table.with_columns(
        attributes=pl.Series([json.dumps({"care": f"{n}. " + "wash warm " * 8}) for n in range(4)])
    )
    assert Facets(Catalog(table)).names == ["brand", "category"]


def test_price_bounds_are_inclusive_and_an_unknown_price_is_outside(facets: Facets) -> None:
    assert left(facets, price_min=2.0, price_max=4.0) == [1, 3]


def test_an_unknown_facet_is_named(facets: Facets) -> None:
    with pytest.raises(BadRequest, match="no facet 'colour'; this shop has brand, category, size"):
        left(facets, filters={"colour": ["red"]})


def test_an_unknown_value_leaves_nothing(facets: Facets) -> None:
    assert left(facets, filters={"brand": ["Nobody"]}) == []


def test_a_facet_does_not_narrow_its_own_counts(facets: Facets) -> None:
    request = Request("search", filters={"brand": ["Acme"]})
    counted = {f.name: dict(f.values) for f in facets.counted(request, np.arange(4))}
    assert counted["brand"] == {"Acme": 2, "Best": 1}
    assert counted["category"] == {"Food > Bread": 1, "Food > Milk": 1}


def test_a_changed_item_keeps_its_number_and_a_new_one_comes_last() -> None:
    old = catalog()
    rows = old.table.filter(pl.col("id") == "b").with_columns(price=pl.lit(9.0), stock=pl.lit(None, dtype=pl.Int64))
    fresh = rows.with_columns(id=pl.lit("e"), brand=pl.lit("New"))
    new = old.upserted(pl.concat([fresh, rows]))
    assert new.vocabulary.ids == ("a", "b", "c", "d", "e")
    assert new.price.tolist()[1] == 9.0
    assert new.table["stock"].to_list()[:3] == [None, None, 0]
    assert new.brand.tolist() == [0, 0, 1, -1, 2]
    assert new.available.tolist() == [True, True, False, True, True]


def test_what_a_change_leaves_alone_is_not_worked_out_again() -> None:
    old = catalog()
    assert old.brand is not None
    assert old.price is not None
    rows = old.table.filter(pl.col("id") == "b").with_columns(price=pl.lit(9.0))
    new = old.upserted(rows)
    assert new.__dict__["brand"] is old.brand
    assert new.price.tolist()[1] == 9.0
