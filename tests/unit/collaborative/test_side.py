"""What the catalogue says beside what shoppers say."""

import numpy as np

from little import catalog, purchases
from ronghe.compute.local import Local
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.traits import traits
from worlds import asked_about

LAMPS = catalog(
    {"brand": "Lumen", "category": "Home > Lamps", "attributes": '{"colour": "red"}'},
    {"brand": "Lumen", "category": "Home > Chairs", "attributes": '{"colour": ["red", "blue"]}'},
    {"brand": "Volt", "category": "Home > Lamps"},
    {"category": "Garden", "attributes": '{"colour": "blue"}'},
    {"brand": "Alone"},
)


def side_rows(shop, items):
    return traits(shop, items, words=False, common=1.0).T.tocsr()


def test_facts_that_two_items_share_are_rows():
    rows = side_rows(LAMPS, np.arange(5)).toarray()
    shared = {tuple(np.flatnonzero(row).tolist()) for row in rows}
    assert shared == {(0, 1), (0, 1, 2), (0, 2), (1, 3)}
    assert len(rows) == 5  # brand Lumen and colour red hold of the same two


def test_only_the_items_asked_for_are_columns():
    rows = side_rows(LAMPS, np.array([0, 2, 4]))
    assert rows.shape[1] == 3
    assert {tuple(np.flatnonzero(row).tolist()) for row in rows.toarray()} == {(0, 1)}


def test_a_catalogue_without_facts_has_no_rows():
    assert side_rows(catalog({}, {}), np.arange(2)).shape == (0, 2)
    assert side_rows(catalog(), np.arange(0)).shape == (0, 0)


def test_attributes_that_are_no_table_say_nothing():
    shop = catalog({"attributes": '["red"]'}, {"attributes": '["red"]'}, {"attributes": '"red"'})
    assert side_rows(shop, np.arange(3)).shape == (0, 3)


def test_ease_offers_the_same_brand_where_shoppers_say_nothing():
    shop = catalog(*({"brand": brand} for brand in ("Lumen", "Lumen", "Volt", "Volt")))
    data = purchases((0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0), (3, 3, 1.0), items=shop)
    plain, sided = (EASE(l2=1.0, least=1, side=weight).fit(data, Local()) for weight in (0.0, 2.0))
    assert plain.retrieve(asked_about(data, [0]), 5).counts.tolist() == [0]
    assert sided.retrieve(asked_about(data, [0, 3]), 5).item.tolist() == [1, 2]


def test_ease_solves_the_stacked_table():
    shop = catalog(*({"brand": "Lumen" if at < 3 else "Volt"} for at in range(6)))
    data = purchases(*((user, (user * 2 + step) % 6, 1.0) for user in range(9) for step in range(3)), items=shop)
    model = EASE(l2=2.0, least=1, half_life=float("inf"), power=0.0, keep=10, side=4.0).fit(data, Local())
    liking = np.zeros((9, 6))
    for user in range(9):
        liking[user, [(user * 2 + step) % 6 for step in range(3)]] = 1
    stacked = np.vstack([liking, 2 * np.repeat(np.eye(2), 3, axis=1)])
    precision = np.linalg.inv(stacked.T @ stacked + 2 * np.eye(6))
    np.testing.assert_allclose(model.weight.toarray(), (-precision / np.diag(precision)) * (1 - np.eye(6)), atol=1e-4)
