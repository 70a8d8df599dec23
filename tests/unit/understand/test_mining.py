"""Synonyms are proposed from clicks that land on the same things, and from titles; accidents, spellings and sizes are not."""

import numpy as np

from ronghe.core.searches import Searches
from ronghe.methods.understand.mining import mined, of_catalogue, of_clicks
from worlds import catalog

CLICK = 2


def searches(*rows):
    """text, users, items: each user clicks each item after typing the text."""
    flat = [(text, float(n), user, item, CLICK) for n, (text, users, items) in enumerate(rows) for user in users for item in items]
    return Searches.of(flat)


def noise(seed=0, texts=40):
    """Texts of other things, clicked on by many."""
    rng = np.random.default_rng(seed)
    letters = [f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(texts)]
    return [(f"thing {pair}", range(100, 106), rng.choice(np.arange(50, 400), 6)) for pair in letters]


def told(found):
    return {(one.one, one.other, one.both_ways) for one in found}


def test_words_whose_clicks_land_on_the_same_things_are_proposed_both_ways():
    found = of_clicks(searches(("sneakers", range(8), [1, 2, 3]), ("trainers", range(8, 16), [1, 2, 3]), *noise()))
    assert [(one.both_ways, one.source) for one in found] == [(True, "clicks")]
    assert {found[0].one, found[0].other} == {"sneakers", "trainers"}
    assert found[0].support == 16
    assert found[0].score > 0.99
    assert found[0].chance < 1e-6


def test_what_two_texts_share_is_left_out_of_the_proposal():
    found = of_clicks(searches(("red sofa", range(8), [1, 2]), ("red couch", range(8, 16), [1, 2]), *noise()))
    assert {frozenset((one.one, one.other)) for one in found} == {frozenset(("sofa", "couch"))}


def test_what_goes_further_is_proposed_one_way():
    found = of_clicks(searches(("notebook", range(20), [1]), ("computer", range(20, 40), [1, 2, 3, 4, 5, 6]), *noise()))
    assert told(found) == {("notebook", "computer", False)}


def test_chinese_texts_are_compared_whole():
    found = of_clicks(searches(("运动鞋", range(8), [1, 2]), ("跑步鞋", range(8, 16), [1, 2]), *noise()))
    assert {frozenset((one.one, one.other)) for one in found} == {frozenset(("运动鞋", "跑步鞋"))}


def test_too_few_shoppers_an_accident_a_spelling_a_size_and_a_longer_text_are_no_synonyms():
    rows = [
        ("few", range(2), [1]), ("rare", range(2, 4), [1]), ("colour", range(8), [2]), ("color", range(8, 16), [2]),
        ("milk 1 l", range(8), [3]), ("milk 2 l", range(8, 16), [3]), ("tea", range(8), [4]), ("green tea", range(8, 16), [4]),
    ]  # fmt: skip
    assert of_clicks(searches(*rows, *noise())) == []
    everywhere = [(f"{a}{b}", range(5), [n]) for n, (a, b) in enumerate(zip("abcdefgh", "qrstuvwx", strict=True))]
    popular = searches(*((text, users, [*items, 0]) for text, users, items in everywhere))
    assert of_clicks(popular) == [], "one thing that everybody clicks makes nobody alike"


def test_one_shopper_makes_no_synonym_however_often_they_click():
    rows = [("spam", [7] * 50, [1, 2, 3]), ("brand x", [7] * 50, [1, 2, 3])]
    assert of_clicks(searches(*rows, *noise())) == []


def test_without_clicks_titles_that_say_of_a_category_what_it_is_not_called_propose():
    rows = [{"title": f"Comfy couch {n}", "category": "Home > Sofa"} for n in range(12)]
    rows += [{"title": f"Lamp {n}", "category": "Home > Light"} for n in range(12)]
    rug = {"category": "Home > Floor", "attributes": '{"type": "carpet", "made in": "Germany"}'}
    rows += [{**rug, "title": f"Rug {chr(97 + n)}"} for n in range(12)]
    found = of_catalogue(catalog(rows))
    pairs = {frozenset((one.one, one.other)) for one in found}
    assert {frozenset(("couch", "sofa")), frozenset(("lamp", "light")), frozenset(("rug", "carpet"))} <= pairs
    assert not any("germany" in pair for pair in pairs), "where a thing is made is no name of it"
    assert all(one.source == "catalogue" for one in found)
    assert mined(Searches.empty(), catalog(rows)) == found


def test_a_little_shop_proposes_nothing():
    assert mined(Searches.empty(), catalog([{"title": "Couch", "category": "Sofa"}])) == []
