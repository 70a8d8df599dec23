"""What a text is likely about: by titles, by clicks, and what that moves."""

import numpy as np
import pytest

from little import catalog, rows
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.core.searches import Searches
from ronghe.funnel.fusion import FUSED, leaning
from ronghe.methods.columns.category_chance import CategoryChance
from ronghe.methods.understand.category_words import CategoryWords, tokens
from ronghe.methods.understand.likely_category import LikelyCategory

NOUNS = {"Shoes": "sneaker boot sandal", "Tea": "tea infusion pot", "Phones": "phone case charger"}
CLICK = 2


def items(n=40):
    rng = np.random.default_rng(0)
    colours = ["red", "blue", "green", "plain"]
    return [
        {"title": f"{rng.choice(colours)} {rng.choice(words.split())} {at}", "category": f"All > {kind}"}
        for at in range(n) for kind, words in NOUNS.items()
    ]  # fmt: skip


def shop(*typed):
    flat = [(text, float(n), user, item, CLICK) for n, (text, users, item) in enumerate(typed) for user in users]
    return Dataset(catalog(*items()), Events.empty(), 1e9, 50, Searches.of(flat))


def model(*typed, **settings):
    return LikelyCategory(**settings).fit(shop(*typed), Local())


def kinds(text, fitted):
    (found,) = fitted.rewrite(Queries.of(1, text=(text,))).kinds
    return {fitted.paths[number].rpartition(" ")[2]: chance for number, chance in found}


@pytest.mark.parametrize(("text", "kind"), [("red boot", "Shoes"), ("teas", "Tea"), ("phone", "Phones"), ("blue shoes", "Shoes")])
def test_a_text_is_about_the_category_whose_titles_say_its_words(text, kind):
    found = kinds(text, model())
    assert next(iter(found)) == kind
    assert found[kind] > 0.7


def test_what_all_say_is_about_nothing_for_certain_and_strange_words_about_nothing_at_all():
    assert max(kinds("red", model()).values()) < 0.7
    assert kinds("xyzzy", model()) == kinds("", model()) == {}


def test_clicks_say_more_the_more_there_are():
    few, many = (("boot", range(n), 1) for n in (2, 40))  # item 1 is a tea
    assert next(iter(kinds("boot", model(few)))) == "Shoes"
    assert next(iter(kinds("Boots", model(many)))) == "Tea"
    assert next(iter(kinds("xyzzy", model(("xyzzy", range(3), 1))))) == "Tea", "words that no title says"
    assert next(iter(kinds("boot", model(("boot", [7] * 40, 1))))) == "Shoes", "a shopper counts once"


def test_stated_odds_come_true_on_titles_that_were_held_out():
    words = LikelyCategory().fit(Dataset(catalog(*items(300)), Events.empty(), 1e9, 0), Local()).words
    assert words.accuracy > 0.6
    assert words.error < 0.2, "of 45 questions"
    assert np.isnan(CategoryWords.of([("a",)], [("b",)], np.zeros(1, dtype=np.int64), 0).accuracy)


def test_odds_sum_to_one():
    words = model().words
    assert words.chances(np.array([0, 1])).sum() == pytest.approx(1.0)


def test_items_of_a_likely_category_gain_and_the_gain_is_told():
    fitted = model(strength=0.5)
    asked = fitted.rewrite(Queries.of(2, text=("red", "red boot")))
    found = rows({0: 1.0, 1: 1.0}, {1: 1.0, 0: 0.9})
    share = fitted.lean(asked, found)
    assert share[3] == pytest.approx(0.5 * kinds("red boot", fitted)["Shoes"], rel=1e-3)
    leant = leaning(found, "likely-category", share)
    assert leant.of_query(1).tolist() == [0, 1]
    np.testing.assert_allclose(leant.evidence[FUSED], leant.score)
    assert fitted.because(asked, found)[3][0].words == ("Shoes",)
    assert not model(strength=0.0).lean(asked, found).any()


def test_items_that_move_or_come_are_where_they_lie_now():
    fitted = model()
    moved = [{**item, "category": "All > Tea"} if at == 0 else item for at, item in enumerate(items())]
    grown = catalog(*moved, {"title": "new", "category": "New"}, {"title": "red boot", "category": "All > Shoes"})
    later = fitted.with_catalog(grown, np.array([0, 120, 121]))
    (found,) = later.rewrite(Queries.of(1, text=("boot",))).kinds
    assert grown.categories.ids[found[0][0]] == "All > Shoes"
    asked = later.rewrite(Queries.of(1, text=("boot",)))
    share = later.lean(asked, rows({0: 1.0, 121: 1.0, 120: 1.0, 999: 1.0}))
    assert share[1] > 10 * share[0]
    assert share[2:].tolist() == [0.0, 0.0]


def test_the_column_tells_the_odds_of_each_item_and_nothing_where_nothing_is_known():
    fitted, data = model(), shop()
    column = CategoryChance().fit(data, Local())
    asked = fitted.rewrite(Queries.of(2, text=("boot", "xyzzy")))
    found = column.columns(column.provides, asked, rows({0: 1.0, 1: 1.0, 999: 1.0}, {0: 1.0}))["pair:category_chance"]
    assert found[0] > 0.7
    assert found[1] < 0.2
    assert found[2] == 0.0
    assert np.isnan(found[3])


def test_chinese_goes_by_pairs_of_characters():
    assert tokens("红色运动鞋 xl 男") == ("红色", "色运", "运动", "动鞋", "xl", "男")


def test_a_shop_without_categories_says_nothing():
    fitted = LikelyCategory().fit(Dataset(catalog({"title": "tea"}), Events.empty(), 1.0, 0), Local())
    assert kinds("tea", fitted) == {}
    with pytest.raises(BadRecipe, match="strength"):
        LikelyCategory(strength=-1.0)
