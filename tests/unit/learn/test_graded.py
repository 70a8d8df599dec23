"""Judgements by hand: read strictly, learnt from, and left out where there is no file."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadData, BadRecipe, NotFound
from ronghe.core.queries import Queries
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.assemble import completed, funnel_of
from ronghe.engine.recipe import Recipe
from ronghe.engine.versions import Versions
from ronghe.learn.dag import Dag
from ronghe.learn.graded import grades_of, read_grades
from ronghe.learn.plan import plan
from ronghe.learn.split import time_split
from ronghe.learn.train import dag_of, serving, shop_data, train
from store_of_world import put
from worlds import corner_shop

ITEMS = Vocabulary(("i0", "i1", "i2"))
RECIPE = """
[shop]
store = "sqlite:///shop.db"
[retrieve]
bm25 = {}
popular = {}
[columns]
field-words = {}
item-facts = {}
[rank.by-hand]
method = "boosted"
learns = "seen-grade"
judged = "judgements.csv"
trees = 30
rows = 3
[filter]
in-stock = {}
[choose]
best = {}
[fuse]
reciprocal-rank = {}
[surface.home]
retrieve = ["popular"]
[surface.search]
retrieve = ["bm25"]
rank = ["by-hand"]
"""


def written(folder, text):
    path = folder / "judgements.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_grades_are_read_by_query_and_item(tmp_path):
    path = written(tmp_path, "query,item,grade\nred apple,i0,3\nred apple,i1,0\nplum,i2,1.5\nplum,gone,3\nred apple,i0,3\n")
    assert read_grades(path, ITEMS).of == {"red apple": {0: 3.0, 1: 0.0}, "plum": {2: 1.5}}


def test_what_is_wrong_is_said_with_its_line(tmp_path):
    path = written(tmp_path, "query,item,grade\n,i0,3\na,i1,good\na,i2,-1\na,,1\na,i0,nan\nb,i0,1\nb,i0,2\n")
    with pytest.raises(BadData) as error:
        read_grades(path, ITEMS)
    said = str(error.value)
    for part in (
        "line 2: the query is empty",
        "line 3: grade 'good' is no number",
        "line 4: grade -1",
        "line 5: the item",
        "1 more",
    ):
        assert part in said
    with pytest.raises(BadData, match="another grade"):
        read_grades(written(tmp_path, "query,item,grade\nb,i0,1\nb,i0,2\n"), ITEMS)
    with pytest.raises(BadData, match="right would be the columns query, item, grade"):
        read_grades(written(tmp_path, "q;item;grade\n"), ITEMS)
    with pytest.raises(NotFound, match=r"judgements\.csv"):
        read_grades(tmp_path / "elsewhere" / "judgements.csv", ITEMS)


def graded_shop(folder):
    """The corner shop, where whoever types a fruit wants the dear ones."""
    data = corner_shop()
    put(data, folder, RECIPE)
    lines = [
        f"{fruit},i{number},{3 if number >= 24 else 0}"
        for at, fruit in enumerate(("apple", "pear", "plum", "cherry", "quince", "fig"))
        for number in range(at, 48, 8)
    ]
    written(folder, "\n".join(["query,item,grade", *lines]))
    return folder


def test_a_shop_learns_its_search_from_the_file(tmp_path):
    folder = graded_shop(tmp_path)
    train(folder, Local(seed=1), evaluate=False)
    recipe = Recipe.load(folder)
    parts, _ = Versions(folder / "models").load(Versions(folder / "models").current())
    ask = Queries.of(1, text=("grape",), surface=("search",))
    slates, trace = funnel_of(recipe, completed(recipe, parts), "search")(ask, 3, np.random.default_rng(0))
    assert not trace.errors
    assert min(slates.shown.item.tolist()) >= 24


def test_without_the_file_the_fused_order_stays(tmp_path):
    put(corner_shop(), tmp_path, RECIPE)
    recipe = Recipe.load(tmp_path)
    assert "rank.by-hand" not in serving(recipe, dag_of(recipe, shop_data(recipe, tmp_path), tmp_path, Local()))
    assert train(tmp_path, Local(), evaluate=False).gated is None


def test_columns_learn_from_grades_and_a_ranker_that_can_do_without_serves_as_it_was_set(tmp_path):
    folder = graded_shop(tmp_path)
    text = RECIPE.replace('rank = ["by-hand"]', 'rank = ["second-look"]').replace(
        'judged = "judgements.csv"', 'judged = "others.csv"'
    )
    text = text.replace("[columns]", '[columns]\ncross-encoder = { judged = "judgements.csv" }\n')
    recipe = Recipe.parse(text + "[rank.second-look]\nweight = 0.25\n")
    grades = grades_of(recipe, folder, corner_shop().catalog)
    assert set(grades) == {"columns.cross-encoder"}
    data = corner_shop()
    steps = plan(recipe, data, time_split(data.events, 14.0, 14.0), Local(), grades)
    dag = Dag(steps, tmp_path / "cache", Local())
    assert dag.value("rank.second-look").weight == 0.25
    assert steps["still.columns.cross-encoder"].needs == ("data", "graded")
    assert "rank.by-hand" not in steps


def test_a_ranker_and_a_column_may_not_learn_from_one_file(tmp_path):
    folder = graded_shop(tmp_path)
    text = RECIPE.replace("[columns]", '[columns]\ncross-encoder = { judged = "judgements.csv" }\n')
    with pytest.raises(BadRecipe, match=r"judgements\.csv"):
        grades_of(Recipe.parse(text), folder, corner_shop().catalog)
