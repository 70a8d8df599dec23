"""Columns: known numbers of small shops, nothing from the future."""

import numpy as np
import polars as pl
import pytest

from little import asking, catalog, purchases, rows
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY
from ronghe.methods.columns.demand import Demand
from ronghe.methods.columns.habit import Habit
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.columns.taste import Taste
from ronghe.methods.columns.words import Words
from ronghe.methods.word_rows import words_in

HERE = Local()
NAN = float("nan")


def look(model, name, queries, found):
    return model.columns([name], queries, found)[name].tolist()


# item facts


def test_facts_of_items_and_of_unknown_ones():
    shop = catalog(
        {"price": 2.5, "brand": "Elm", "category": "Food > Milk", "group": "milk", "created": 90 * DAY},
        {"stock": 0, "brand": "Elm", "category": "Food > Bread", "group": "milk"},
    )
    model = ItemFacts().fit(purchases(items=shop), HERE)
    found, asked = rows({0: 1.0, 1: 1.0, 9: 1.0}), asking([], day=100)
    np.testing.assert_array_equal(look(model, "item:price", asked, found), [2.5, NAN, NAN])
    assert look(model, "item:available", asked, found) == [True, False, False]
    assert look(model, "item:brand", asked, found) == [0, 0, -1]
    assert look(model, "item:category", asked, found) == [0, 1, -1]
    assert look(model, "item:department", asked, found) == [0, 0, -1]
    group = look(model, "item:group", asked, found)
    assert group[0] == group[1] >= 0 > group[2]
    np.testing.assert_array_equal(look(model, "item:age_days", asked, found), [10.0, NAN, NAN])


def test_facts_follow_the_catalogue_while_serving():
    shop = catalog({"price": 2.5}, {"price": 1.0})
    model = ItemFacts().fit(purchases(items=shop), HERE)
    changed = shop.upserted(shop.table[0].with_columns(pl.lit(value=True).alias("deleted"), pl.lit(9.0).alias("price")))
    now = model.with_catalog(changed, np.array([0]))
    assert look(now, "item:available", asking([]), rows({0: 1.0, 1: 1.0})) == [False, True]
    assert look(now, "item:price", asking([]), rows({0: 1.0, 1: 1.0})) == [9.0, 1.0]


# demand


def test_a_steady_seller_sells_its_rate_at_every_half_life():
    steady = purchases(*[(day % 5, 0, day) for day in range(100)], items=2)
    model = Demand(half_lives=(7, 30)).fit(steady, HERE)
    for name in ("item:popularity_7", "item:popularity_30"):
        sold, unsold, unknown = look(model, name, asking([]), rows({0: 1.0, 1: 1.0, 7: 1.0}))
        assert sold == pytest.approx(1.0, rel=0.06)  # once a day
        assert unsold == 0.0
        assert np.isnan(unknown)


def test_trend_rises_for_what_sells_lately():
    lately = [(0, 0, 95 + 0.5 * n) for n in range(10)] + [(0, 1, 10 * n) for n in range(10)]
    model = Demand().fit(purchases(*lately, items=2), HERE)
    rising, steady = look(model, "item:trend", asking([]), rows({0: 1.0, 1: 1.0}))
    assert rising > 2
    assert abs(steady) < 0.7


def test_shoppers_and_who_came_back_on_another_day():
    events = [(0, 0, 1), (0, 0, 1.1), (1, 0, 1), (1, 0, 20), (2, 0, 3), (3, 0, 4)]
    model = Demand().fit(purchases(*events, items=2), HERE)
    found = rows({0: 1.0, 1: 1.0})
    assert look(model, "item:shoppers", asking([]), found) == [4, 0]
    np.testing.assert_array_equal(look(model, "item:repeat_rate", asking([]), found), [0.25, NAN])


# habit

EVERY_TEN = [(0, 50, "purchase"), (0, 60, "purchase"), (0, 70, "purchase"), (0, 80, "purchase"), (1, 80, "purchase")]


def test_the_rhythm_of_a_shopper():
    model = Habit(prior=1e-9).fit(purchases(items=3), HERE)
    asked, found = asking(EVERY_TEN, [], day=100), rows({0: 1.0, 1: 1.0, 2: 1.0}, {0: 1.0})
    assert look(model, "pair:times_bought", asked, found) == [4, 1, 0, 0]
    np.testing.assert_array_equal(look(model, "pair:days_since", asked, found), [20, 20, NAN, NAN])
    assert look(model, "pair:interval", asked, found)[0] == pytest.approx(10, abs=1e-4)
    assert look(model, "pair:interval_ratio", asked, found)[0] == pytest.approx(2, abs=1e-4)
    np.testing.assert_array_equal(look(model, "pair:visit_share", asked, found), [1.0, 0.25, 0.0, NAN])
    assert look(model, "pair:in_last_visit", asked, found) == [1, 1, 0, 0]
    assert look(model, "user:visits", asked, found) == [4, 4, 4, 0]
    assert look(model, "user:events", asked, found) == [5, 5, 5, 0]
    np.testing.assert_allclose(look(model, "user:visit_size", asked, found), [1.25, 1.25, 1.25, NAN])
    np.testing.assert_allclose(look(model, "user:repeat_share", asked, found), [0.6, 0.6, 0.6, NAN])
    np.testing.assert_allclose(look(model, "user:days_since_last", asked, found), [20, 20, 20, NAN])
    np.testing.assert_allclose(look(model, "pair:recent_buys", asked, found)[0], sum(0.5 ** (d / 30) for d in (20, 30, 40, 50)))


def test_one_purchase_lasts_as_long_as_the_item_usually_does():
    weekly = [(user, 0, day) for user in range(30) for day in range(0, 70, 7)]
    monthly = [(user, 1, day) for user in range(30) for day in range(0, 90, 30)]
    model = Habit().fit(purchases(*weekly, *monthly, items=2), HERE)
    asked = asking([(0, 90, "purchase"), (1, 90, "purchase")], day=100)
    assert look(model, "pair:interval", asked, rows({0: 1.0, 1: 1.0})) == pytest.approx([7, 30], rel=0.1)


def test_two_purchases_of_one_visit_are_one():
    asked = asking([(0, 99, "purchase"), (0, 99.1, "purchase")], day=100)
    model = Habit().fit(purchases(items=1), HERE)
    assert look(model, "pair:times_bought", asked, rows({0: 1.0})) == [1]


def test_views_are_seen_not_bought():
    asked = asking([(0, 97, "view"), (0, 98, "view")], day=100)
    model = Habit().fit(purchases(items=2), HERE)
    found = rows({0: 1.0, 1: 1.0})
    assert look(model, "pair:times_bought", asked, found) == [0, 0]
    np.testing.assert_allclose(look(model, "pair:days_since_seen", asked, found), [2, NAN], rtol=1e-5)


def test_nothing_is_known_of_what_happens_after_the_question():
    asked = asking([(0, 90, "purchase"), (1, 110, "purchase"), (1, 110, "view")], day=100)
    found = rows({0: 1.0, 1: 1.0})
    model = Habit().fit(purchases(items=2), HERE)
    assert look(model, "pair:times_bought", asked, found) == [1, 0]
    assert np.isnan(look(model, "pair:days_since_seen", asked, found)[1])
    shop = catalog({"category": "A"}, {"category": "B"})
    assert look(Taste().fit(purchases(items=shop), HERE), "pair:category_share", asked, found) == [1, 0]


# taste


def test_shares_of_category_department_and_brand():
    shop = catalog(
        {"category": "Food > Milk", "brand": "Elm"},
        {"category": "Food > Bread", "brand": "Oak"},
        {"category": "Toys", "brand": "Elm"},
        {},
    )
    model = Taste(half_life=1e9).fit(purchases(items=shop), HERE)
    asked = asking([(0, 99, "purchase"), (0, 99, "purchase"), (1, 99, "purchase"), (2, 95, "purchase")], [], day=100)
    found = rows({0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}, {0: 1.0})
    np.testing.assert_allclose(look(model, "pair:category_share", asked, found), [0.5, 0.25, 0.25, NAN, NAN])
    np.testing.assert_allclose(look(model, "pair:department_share", asked, found), [0.75, 0.75, 0.25, NAN, NAN])
    np.testing.assert_allclose(look(model, "pair:brand_share", asked, found), [0.75, 0.25, 0.75, NAN, NAN])
    np.testing.assert_allclose(look(model, "pair:category_days_since", asked, found), [1, 1, 5, NAN, NAN])


def test_price_ratio_is_one_at_the_usual_price_level():
    shop = catalog(*({"category": c, "price": p} for c, p in [("A", 1.0), ("A", 4.0), ("B", 10.0), ("B", 40.0), ("B", None)]))
    model = Taste().fit(purchases(items=shop), HERE)
    asked = asking([(1, 99, "purchase")], [], day=100)  # buys the dear one of A
    ratio = look(model, "pair:price_ratio", asked, rows({3: 1.0, 2: 1.0, 4: 1.0}, {3: 1.0}))
    np.testing.assert_allclose(ratio, [1.0, 0.25, NAN, NAN], rtol=1e-6)


# words


def test_words_meet_titles_and_kinds():
    shop = catalog(
        {"title": "Oat Milk", "brand": "Elm", "category": "Food > Milk"},
        {"title": "Whole milk 1L"},
        {"title": "燕麦奶", "brand": "榆树"},
    )
    model = Words().fit(purchases(items=shop), HERE)
    asked = asking([], [], [], text=("oat milks", "", "燕麦"))
    found = rows({0: 1.0, 1: 1.0, 9: 1.0}, {0: 1.0}, {2: 1.0, 0: 1.0})
    assert look(model, "query:words", asked, found) == [2, 2, 2, 0, 2, 2]
    overlap = look(model, "pair:title_overlap", asked, found)
    assert overlap[0] == pytest.approx(1)
    assert 0 < overlap[1] < 0.5  # milk is the less telling word
    assert overlap[2] == 0
    assert np.isnan(overlap[3])
    assert overlap[4:] == pytest.approx([1, 0])
    purity = look(model, "pair:title_purity", asked, found)
    assert purity[0] == pytest.approx(1)
    assert 0 < purity[4] < 1
    assert look(model, "pair:kind_overlap", asked, found)[0] == pytest.approx(1 - overlap[0] + overlap[1])


def test_words_follow_the_catalogue_while_serving():
    shop = catalog({"title": "oat milk"}, {"title": "rye bread"})
    model = Words().fit(purchases(items=shop), HERE)
    new = catalog({"title": "almond milk"}, {"title": "rye bread"}, {"title": "quince jam"})
    now = model.with_catalog(new, np.array([0, 2]))
    asked = asking([], text=("quince almond",))
    again = Words().fit(purchases(items=new), HERE)
    found = rows({0: 1.0, 1: 1.0, 2: 1.0})
    hit = np.array(look(now, "pair:title_overlap", asked, found)) > 0
    assert hit.tolist() == [True, False, True]
    assert (np.array(look(again, "pair:title_overlap", asked, found)) > 0).tolist() == hit.tolist()


def test_cutting_text_into_words():
    assert words_in("Fresh ＯＡＴＳ, glass 50ml fresh") == ["fresh", "oat", "glass", "50ml"]
    assert words_in("有机牛奶 milk") == ["有", "机", "牛", "奶", "milk"]


# all


@pytest.mark.parametrize("learner", [ItemFacts(), Demand(), Habit(), Taste(), Words()])
def test_a_batch_is_its_queries_one_by_one_and_unknown_items_are_quiet(learner):
    rng = np.random.default_rng(1)
    shop = catalog(*({"title": f"thing {n}", "category": f"C{n % 3}", "brand": f"B{n % 4}", "price": float(n)} for n in range(12)))
    model = learner.fit(purchases(*[(n % 5, n % 12, float(n)) for n in range(90)], items=shop), HERE)
    kinds = ("purchase", "view")
    asked = asking(*[
        [(int(rng.integers(-1, 15)), float(day), kinds[day % 2]) for day in range(60, 60 + size)] for size in (30, 0, 7)
    ], text=("thing 3", "", "nothing"))  # fmt: skip
    found = rows({0: 1.0, 5: 1.0, 99: 1.0}, {1: 1.0}, {2: 1.0, 0: 1.0, 11: 1.0})
    together = model.columns(model.provides, asked, found)
    for query in range(3):
        mine = found.query == query
        alone = model.columns(model.provides, asked.take([query]), rows(dict.fromkeys(found.of_query(query).tolist(), 1.0)))
        for name in model.provides:
            np.testing.assert_allclose(together[name][mine], alone[name], rtol=1e-6, err_msg=name)
    empty = model.columns(model.provides, asked, rows({}, {}, {}))
    assert all(len(values) == 0 for values in empty.values())


@pytest.mark.parametrize("learner", [ItemFacts(), Demand(), Habit(), Taste(), Words()])
def test_an_empty_shop_can_be_learnt_and_asked(learner):
    model = learner.fit(purchases(items=0), HERE)
    columns = model.columns(model.provides, asking([(3, 1, "purchase")], text=("x",)), rows({3: 1.0}))
    assert set(columns) == set(model.provides)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Demand(half_lives=()), "half_lives"), (lambda: Demand(half_lives=(9, 3)), "half_lives"),
        (lambda: Habit(kinds=("buy",)), "kinds"), (lambda: Habit(prior=0), "prior"), (lambda: Taste(half_life=0), "half_life"),
    ],
)  # fmt: skip
def test_bad_settings_name_their_field(make, field):
    with pytest.raises(BadRecipe, match=field):
        make()
