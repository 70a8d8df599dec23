"""A recipe is checked whole: an error says file, line, what was found and the nearest right name."""

from importlib.resources import files
from pathlib import Path

import pytest

from ronghe.core.errors import BadRecipe, NotReady
from ronghe.engine.recipe import Recipe

SMALL = """[shop]
name = "Small"

[retrieve]
ease = { l2 = 9.0 }
popular = {}
wide = { method = "popular", half_life = 90.0 }

[columns]
item-facts = {}

[filter]
in-stock = {}

[choose]
best = {}

[surface.home]
retrieve = ["ease", "popular", "wide"]
"""


def test_settings_reach_the_method_they_name() -> None:
    recipe = Recipe.parse(SMALL)
    assert recipe.parts["retrieve"]["ease"].learner.l2 == 9.0
    assert recipe.parts["retrieve"]["wide"].learner.half_life == 90.0
    assert recipe.surfaces["home"].retrieve == ("ease", "popular", "wide")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("ease = { l2 = 9.0 }", "ease = { l3 = 9.0 }", 5, "unknown setting 'l3' of retrieve.ease; the nearest right name is 'l2'"),
        ("ease = { l2 = 9.0 }", "eaze = { l2 = 9.0 }", 5, r"no method 'eaze' for \[retrieve\]; the nearest right name is 'ease'"),
        ("ease = { l2 = 9.0 }", 'ease = { l2 = "much" }', 5, "l2 = 'much'"),
        ("ease = { l2 = 9.0 }", "ease = { l2 = true }", 5, "l2 = True"),
        ("popular = {}", "popular = 3", 6, "right would be popular = "),
        ("[columns]", "[colums]", 9, r"unknown section \[colums\]; the nearest right name is 'columns'"),
        ('name = "Small"', 'name = "Small"\nmemory = true', 3, "memory = True"),
        ('"popular", "wide"]', '"populr", "wide"]', 19, "retrieve names 'populr'"),
        ('"popular", "wide"]', '"popular", "wide"]\nfuse = "weighted"', 20, "fuse names 'weighted'"),
    ],
)
def test_an_error_names_the_line_and_the_nearest_right_name(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(BadRecipe, match=rf"shop\.toml:{line}: .*{said}"):
        Recipe.parse(SMALL.replace(old, new), "shop.toml")


def test_broken_toml_is_a_bad_recipe() -> None:
    with pytest.raises(BadRecipe, match=r"shop\.toml"):
        Recipe.parse("[shop\n", "shop.toml")


def test_brackets_too_deep_are_a_bad_recipe() -> None:
    with pytest.raises(BadRecipe, match="too deep"):
        Recipe.parse("x = " + "[" * 5000, "shop.toml")


def test_a_recipe_without_a_surface_answers_nothing_and_says_so() -> None:
    with pytest.raises(BadRecipe, match="no surface"):
        Recipe.parse("[retrieve]\npopular = {}\n")


def test_a_fusion_may_stand_twice_under_two_names() -> None:
    text = SMALL + '\n[fuse]\nreciprocal-rank = {}\nmine = { method = "reciprocal-rank", k = 5.0 }\n'
    assert Recipe.parse(text).fuse["mine"].k == 5.0


def test_the_hash_follows_the_settings_and_nothing_else() -> None:
    same = Recipe.parse(SMALL.replace("[columns]", "# a comment\n[columns]"))
    other = Recipe.parse(SMALL.replace("9.0 }", "8.0 }"))
    assert same.hash == Recipe.parse(SMALL).hash != other.hash


@pytest.mark.parametrize("name", ["shop.toml", "grocery.toml", "media.toml"])
def test_the_shipped_recipes_are_right(name: str) -> None:
    text = (files("ronghe") / "recipes" / name).read_text(encoding="utf-8")
    assert {"home", "search", "browse", "item", "basket", "email"} <= set(Recipe.parse(text, name).surfaces)


def test_a_folder_without_a_recipe_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="ronghe init"):
        Recipe.load(tmp_path)
