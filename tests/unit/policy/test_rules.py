"""Rules: pins on their places, boosts, buries, hides, and errors with their lines."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from little import asking, catalog, rows
from ronghe.core.errors import BadRecipe
from ronghe.methods.policy.best import Best
from ronghe.methods.policy.ruled import ruled
from ronghe.methods.policy.rules import Rules

RNG = np.random.default_rng(0)
SHOP = catalog(
    {"brand": "Elm", "category": "Food > Milk"},
    {"brand": "Oak", "category": "Food > Milk"},
    {"brand": "Elm", "category": "Food > Bread"},
    {"brand": "Ash", "category": "Toys", "group": "car"},
    {"brand": "Ash", "category": "Toys", "group": "car"},
    {"stock": 0},
    {},
)
FOUND = {0: 1.0, 1: 0.9, 2: 0.8, 3: 0.7}


def slates_of(text, k=10, lists=(FOUND,), **given):
    policy = ruled(Rules.parse(text).bound(SHOP), Best(variants_once=given.pop("variants_once", False)))
    return policy.choose(asking(*[[]] * len(lists), **given), rows(*lists), k, RNG)


def order(text, **given):
    return slates_of(text, **given).shown.item.tolist()


def test_no_rules_leave_the_policy_as_it_is():
    policy = Best()
    assert ruled(Rules.parse("").bound(SHOP), policy) is policy


def test_pins_land_on_their_place_found_or_not():
    slates = slates_of('[[pin]]\nname = "spring"\nitem = ["i6", "i2"]\nplace = 2', k=4)
    assert slates.shown.item.tolist() == [0, 6, 2, 1]
    np.testing.assert_array_equal(slates.shown.evidence["rule:spring"], [np.nan, 2, 3, np.nan])
    np.testing.assert_allclose(slates.shown.score, [1.0, 0.0, 0.8, 0.9], rtol=1e-6)  # what the rankers said, 0 where nothing
    assert slates.propensity.tolist() == [1.0] * 4


def test_a_pin_beyond_a_short_slate_comes_last():
    assert order('[[pin]]\nitem = "i6"\nplace = 9') == [0, 1, 2, 3, 6]


def test_a_pin_beyond_k_waits_for_its_page():
    assert order('[[pin]]\nitem = "i6"\nplace = 4', k=3) == [0, 1, 2]
    assert order('[[pin]]\nitem = "i6"\nplace = 4', k=4) == [0, 1, 2, 6]


def test_a_pin_needs_to_be_available_allowed_and_not_at_hand():
    assert order('[[pin]]\nitem = "i5"') == [0, 1, 2, 3]  # sold out
    only_0 = np.array([True] + [False] * 6)
    assert order('[[pin]]\nitem = "i6"', allowed=(only_0,), lists=({0: 1.0},)) == [0]
    assert order('[[pin]]\nitem = "i6"', anchor=np.array([6])) == [0, 1, 2, 3]
    assert order('[[pin]]\nitem = "i6"', basket_splits=np.array([0, 1]), basket_item=np.array([6])) == [0, 1, 2, 3]


def test_a_place_goes_to_the_first_pin_and_an_item_to_its_first_place():
    assert order('[[pin]]\nitem = "i3"\n[[pin]]\nitem = ["i2", "i3", "i1"]') == [3, 0, 1, 2]


def test_a_pinned_variant_stands_for_its_group():
    assert order('[[pin]]\nitem = "i4"', variants_once=True) == [4, 0, 1, 2]
    assert order('[[pin]]\nitem = "i4"') == [4, 0, 1, 2, 3]


def test_boosts_multiply_relevance():
    assert order('[[boost]]\nbrand = "ash"\nweight = 20') == [3, 0, 1, 2]
    assert order('[[boost]]\nbrand = "Oak"\nweight = 1.5') == [1, 0, 2, 3]
    slates = slates_of('[[boost]]\nname = "b"\ncategory = "Food > Bread"\nweight = 3')
    assert slates.shown.item.tolist() == [2, 0, 1, 3]
    np.testing.assert_allclose(slates.shown.score, [0.8, 1.0, 0.9, 0.7], rtol=1e-6)
    np.testing.assert_array_equal(slates.shown.evidence["rule:b"], [3, np.nan, np.nan, np.nan])


def test_a_boost_lifts_by_order_also_where_scores_are_negative():
    lists = ({0: -1.0, 1: -2.0, 2: -3.0},)
    assert order('[[boost]]\nitem = "i1"\nweight = 3', lists=lists) == [1, 0, 2]


def test_what_is_buried_comes_last():
    slates = slates_of('[[bury]]\nname = "b"\nbrand = "Elm"')
    assert slates.shown.item.tolist() == [1, 3, 0, 2]
    np.testing.assert_array_equal(slates.shown.evidence["rule:b"], [np.nan, np.nan, 0, 0])
    assert order('[[bury]]\nbrand = "Elm"', k=2) == [1, 3]


def test_what_is_hidden_never_shows_not_even_pinned():
    text = '[[hide]]\ncategory = "Food"\n[[pin]]\nitem = "i0"'
    assert order(text) == [3]
    assert Rules.parse(text).bound(SHOP).keep(asking([]), rows(FOUND)).tolist() == [False, False, False, True]


def test_a_category_is_itself_and_what_lies_under_it_not_what_begins_alike():
    shop = catalog({"category": "Food"}, {"category": "Food > Milk"}, {"category": "Foodstuff"})
    bound = Rules.parse('[[hide]]\ncategory = "food"').bound(shop)
    assert bound.keep(asking([]), rows({0: 1.0, 1: 1.0, 2: 1.0})).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("when", "given", "holds"),
    [
        ('surface = "home"', {}, [True, True]),
        ('surface = ["search", "item"]', {}, [False, False]),
        ('text = "Oat  MILK"', {"text": ("oat milk", "oat milk 1l")}, [True, False]),
        ('words = ["milk oat", "rye"]', {"text": ("the oat milk", "milk")}, [True, False]),
        ('category = "Food"', {"anchor": np.array([0, 3])}, [True, False]),
        ('category = "Food"', {}, [False, False]),
    ],
)
def test_when_a_rule_holds(when, given, holds):
    text = f'[[pin]]\nitem = "i6"\nwhen = {{ {when} }}'
    policy = ruled(Rules.parse(text).bound(SHOP), Best())
    shown = policy.choose(asking([], [], **given), rows(FOUND, FOUND), 9, RNG).shown
    assert [6 in shown.of_query(q).tolist() for q in range(2)] == holds


@pytest.mark.parametrize(
    ("moment", "holds"),
    [("2030-02-28T23:59:59", False), ("2030-03-01T00:00:00", True), ("2030-03-31T23:59:59", True), ("2030-04-01T00:00:00", False)],
)
def test_until_names_the_last_day(moment, holds):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    text = '[[pin]]\nitem = "i6"\n[pin.when]\nfrom = 2030-03-01\nuntil = 2030-03-31'
    asked = asking([]).replace(time=np.array([now]))
    shown = ruled(Rules.parse(text).bound(SHOP), Best()).choose(asked, rows(FOUND), 9, RNG).shown
    assert (6 in shown.item) == holds


def test_what_the_catalogue_lacks_is_quiet_and_said():
    bound = Rules.parse(
        '[[pin]]\nname = "p"\nitem = ["gone", "i6"]\n[[boost]]\nbrand = "Nobody"\n[[hide]]\ncategory = "Nowhere"'
    ).bound(SHOP)
    assert len(bound.unknown) == 3
    assert bound.unknown[0] == "rule 'p': no item 'gone' in the catalogue"
    assert ruled(bound, Best()).choose(asking([]), rows(FOUND), 9, RNG).shown.item.tolist()[0] == 6


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[pin]]\nitem = "a"\nplaec = 2', 3, "'place'"),
        ('[[pins]]\nitem = "a"', 1, "'pin'"),
        ('[[boost]]\nbrand = "a"\n\n[[boost]]\nbrand = "b"\nweight = "2"', 6, "weight is '2'"),
        ('[[boost]]\nbrand = "a"\nweight = 0', 3, "above 0"),
        ('[[boost]]\nbrand = "a"\nweight = nan', 3, "above 0"),
        ('[[pin]]\nbrand = "a"', 2, "'brand'"),
        ('[[pin]]\nplace = 1', 1, "about nothing"),
        ('[[pin]]\nitem = "a"\nplace = true', 3, "whole number"),
        ('[[hide]]\nitem = 5', 2, "text or a list of texts"),
        ('[[hide]]\nitem = "a"\nwhen = { surfaces = "home" }', 3, "'surface'"),
        ('[[hide]]\nitem = "a"\n[hide.when]\nfrom = "soon"', 4, "date such as"),
        ('[[hide]]\nitem = "a"\nwhen = { from = 2030-01-02, until = 2030-01-01 }', 3, "before"),
        ('[[pin]]\nname = "x"\nitem = "a"\n[[hide]]\nname = "x"\nitem = "b"', 5, "two rules"),
        ('[[pin]\nitem = "a"', 1, "line 1"),
        ('pin = 3', 1, "tables"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(text, line, says):
    with pytest.raises(BadRecipe, match=f"rules.toml:.*{says}") as caught:
        Rules.parse(text)
    assert f"rules.toml:{line}: " in str(caught.value) or "line 1" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000,
        "pin" + ".a" * 500 + " = 1",
        '[[hide]]\nitem = "a"\nwhen = "' + "x" * 50_000 + '"',
        "[[" + "x" * 50_000 + "]]",
    ],
    ids=["deep list", "deep table", "long value", "long key"],
)
def test_what_is_deep_or_long_is_one_short_error(text):
    with pytest.raises(BadRecipe) as caught:
        Rules.parse(text)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=60))
def test_any_text_is_rules_or_one_clear_error(text):
    try:
        rules: Rules | str = Rules.parse("[[pin]]\n" + text)
    except BadRecipe as error:
        rules = str(error)
    assert isinstance(rules, Rules) or rules.startswith("rules.toml:")


PINS = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=4, unique_by=(lambda p: p[0], lambda p: p[1]))


@given(PINS, st.integers(1, 8), st.sets(st.integers(0, 6), max_size=3))
def test_rules_keep_the_promises_of_a_policy(pins, k, buried):
    text = "".join(f'[[pin]]\nitem = "i{item}"\nplace = {place}\n' for item, place in pins)
    text += "".join(f'[[bury]]\nitem = "i{item}"\n' for item in buried)
    slates = slates_of(text, k=k, lists=(FOUND, {}, {6: 0.2, 5: 0.1}))
    alone = slates_of(text, k=k, lists=(FOUND,)).shown.item.tolist()
    for query in range(3):
        shown = slates.shown.of_query(query).tolist()
        assert len(shown) == len(set(shown)) <= k
        land = [(item, place) for item, place in pins if item != 5 and place <= k]
        others = [item for item in shown if item not in [i for i, _ in land]]
        for item, place in land:
            before = place - 1 - sum(other < place for _, other in land)  # places that other items must fill
            assert len(others) < before or shown[place - 1] == item
    assert slates.shown.of_query(0).tolist() == alone
    longer = slates_of(text, k=k + 3, lists=(FOUND,)).shown.item.tolist()
    settled = all(place <= k for _, place in pins)
    assert not settled or longer[:k] == alone
    assert len(slates.propensity) == len(slates.shown.item)


@pytest.mark.parametrize("place", [0, 10_201, 10**30])
def test_a_pin_stands_on_a_place_that_a_list_has(place):
    with pytest.raises(BadRecipe, match="right would be 1 to 10200"):
        Rules.parse(f'[[pin]]\nitem = "i1"\nplace = {place}')


def test_a_pin_without_variants_drives_nothing_else_away():
    assert slates_of('[[pin]]\nitem = "i6"\nplace = 2', variants_once=True).shown.item.tolist() == [0, 6, 1, 2, 3]
