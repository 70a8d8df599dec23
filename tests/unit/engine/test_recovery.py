"""What a search lets go when it finds nothing: in the recipe's order, told, and nothing where nothing is known."""

from collections.abc import Iterator

import pytest

from ronghe.core.errors import BadRecipe
from ronghe.engine.engine import Engine
from ronghe.engine.recipe import Recipe
from ronghe.engine.request import Answer
from served import RECIPE, searched, small_shop

UNDERSTAND = "facets-in-words = {}\nsynonyms = {}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = small_shop(tmp_path_factory.mktemp("recovery") / "shop", versions=0, understand=UNDERSTAND)
    (folder / "synonyms.txt").write_text("fromage, cheese\nmilk => lait\nlait => creme\n", encoding="utf-8")
    before = Engine.open(folder)
    before.put_items([{"id": f"s{n}", "title": f"{word} jar {n}"} for n, word in enumerate(["honig"] * 3 + ["honik"] * 4)])
    before.close()
    opened = Engine.open(folder)  # whose spelling has learnt these words
    yield opened
    opened.close()


def ids(answer: Answer) -> set[str]:
    return {one.id for one in answer.items}


@pytest.mark.parametrize("sort", ["relevance", "price"])
@pytest.mark.parametrize(
    ("text", "relaxed", "meant", "one"),
    [
        ("cheese", (), "", "i10"), ("fromage", (), "", "i10"), ("chese", (), "cheese", "i10"),
        ("haver tea", (), "", "i41"),
        ("lait", (("synonyms", "creme, milk"),), "", "i0"),
        ("cheese xyzzy", (("words", "xyzzy"),), "cheese", "i10"),
        ("xyzzy plutonium mild cheese", (("words", "xyzzy, plutonium"),), "mild cheese", "i11"),
    ],
)  # fmt: skip
def test_what_is_let_go_is_told(engine: Engine, text: str, relaxed: object, meant: str, one: str, sort: str):
    answer = searched(engine, text, sort=sort)
    assert (answer.relaxed, answer.meant) == (relaxed, meant)
    assert one in ids(answer)
    assert answer.total == len(answer.items)


@pytest.mark.parametrize("text", ["asdfgh qwerty", "量子力学", "!!!", "oz xyzzy", "🙂🙂"])
def test_nonsense_still_finds_nothing(engine: Engine, text: str):
    answer = searched(engine, text)
    assert (answer.items, answer.total, answer.relaxed) == ((), 0, ())


def test_a_facet_that_was_chosen_is_not_let_go(engine: Engine):
    both = searched(engine, "cheese xyzzy", filters={"brand": ["Lind"]})
    assert both.relaxed == (("words", "xyzzy"),)
    assert {one.brand for one in both.items} == {"Lind"}
    assert searched(engine, "cheese", filters={"category": ["DRINKS > TEA"]}).total == 0
    none = searched(engine, "cheese xyzzy", filters={"category": ["DRINKS > TEA"]})
    assert (none.total, none.relaxed) == (0, (("words", "xyzzy"),))
    assert {facet.name for facet in none.facets} >= {"category"}, "so that something else can be chosen"


def test_each_count_is_the_length_of_the_list_behind_it_after_something_was_let_go(engine: Engine):
    for facet in searched(engine, "mild cheese xyzzy").facets:
        for value, count in facet.values:
            assert searched(engine, "mild cheese xyzzy", filters={facet.name: [value]}).total == count


def test_who_wants_the_text_as_typed_gets_nothing(engine: Engine):
    answer = searched(engine, "cheese xyzzy", literal=True)
    assert (answer.items, answer.relaxed) == ((), ())


def test_a_doubtful_correction_is_asked_back_or_taken_where_nothing_is_found(engine: Engine):
    alone = searched(engine, "honih")
    assert (alone.relaxed, alone.meant, alone.maybe) == ((("spelling", "honik"),), "honik", "")
    beside = searched(engine, "honih mild cheese")
    assert (beside.relaxed, beside.meant, beside.maybe) == ((), "", "honik mild cheese")
    assert "i11" in ids(beside), "the results of what was typed stay"


def test_what_was_searched_beside_is_told_and_explained_later(engine: Engine):
    answer = searched(engine, "fromage", explain=True)
    assert answer.also == (("fromage", "cheese", 0.5),)
    assert {one.why for one in answer.items} == {"also searched: cheese"}
    later = engine.slate(answer.slate)
    assert {one["why"] for one in later["items"]} == {"also searched: cheese"}  # type: ignore[attr-defined]


def test_the_recipe_says_what_may_be_let_go():
    assert Recipe.parse('[search]\nrelax = ["words"]\n' + RECIPE).search.relax == ("words",)
    with pytest.raises(BadRecipe, match="names 'wrods'"):
        Recipe.parse('[search]\nrelax = ["wrods"]\n' + RECIPE)


def test_new_synonyms_act_at_once_and_wrong_ones_leave_the_old(engine: Engine):
    before = (engine.folder / "synonyms.txt").read_text(encoding="utf-8")
    (engine.folder / "synonyms.txt").write_text(before + "brot, bread\n", encoding="utf-8")
    engine.refresh()
    assert "i20" in ids(searched(engine, "brot"))
    (engine.folder / "synonyms.txt").write_text(before + "brot, bread\nalone\n", encoding="utf-8")
    engine.refresh()
    assert "synonyms.txt:5" in engine.keeper.broken["synonyms.txt"]
    assert "i20" in ids(searched(engine, "brot"))
    engine.keeper.set_synonyms(before)
    assert "synonyms.txt" not in engine.keeper.broken
    assert searched(engine, "brot").total == 0
