"""Filters leave what they name; counts let a shopper add a value."""

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
