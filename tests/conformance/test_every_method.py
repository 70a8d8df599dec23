"""What every method promises whatever its role: its line, its settings, and that saved equals loaded."""

import re
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from fitted import found, hydrated, model, questions, same_columns
from ronghe.core.errors import BadRecipe
from ronghe.core.roles import Columns, Filter, Learner, Policy, Ranker, RankLearner, Retriever, Rewriter
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods import METHODS, method

pytestmark = pytest.mark.parametrize("name", METHODS)
EVER_SAVED = set((Path(__file__).parents[1] / "golden" / "saved_classes.txt").read_text(encoding="utf-8").split())
ROLE = {"retrieve": Retriever, "understand": Rewriter, "filter": Filter, "columns": Columns, "rank": Ranker, "choose": Policy}


def test_its_line_leads_to_frozen_settings_that_all_have_defaults(name):
    found_class = method(name)
    assert is_dataclass(found_class)
    assert found_class.__dataclass_params__.frozen
    assert all(field.default is not MISSING or field.default_factory is not MISSING for field in fields(found_class))
    for field in fields(found_class):
        with pytest.raises(FrozenInstanceError):
            setattr(found_class(), field.name, None)


def test_each_setting_is_named_in_its_docstring_or_one_that_it_comes_from(name):
    said = " ".join(kind.__doc__ or "" for kind in method(name).__mro__ if kind is not object and is_dataclass(kind))
    for field in fields(method(name)):
        assert re.search(rf"\b{field.name}\b", said), f"{field.name} of {name}"


def test_a_number_that_cannot_be_is_refused_with_the_name_of_the_setting(name):
    for field in fields(method(name)):
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            with pytest.raises(BadRecipe, match=field.name):
                method(name)(**{field.name: -1e9 if isinstance(field.default, float) else -1_000_000_000})


def test_it_plays_its_role(name):
    role, learner = METHODS[name][0], method(name)()
    assert isinstance(model(name), ROLE[role])
    assert isinstance(learner, (Learner, RankLearner, ROLE[role]))


def test_saved_equals_loaded(name, tmp_path):
    save_model(model(name), tmp_path / "saved")
    said = re.findall(r'"\$model": "([^"]+)"', (tmp_path / "saved" / "model.json").read_text(encoding="utf-8"))
    assert set(said) <= EVER_SAVED, "a new class stands in tests/golden/saved_classes.txt, for ever"
    loaded = load_model(tmp_path / "saved")
    assert type(loaded) is type(model(name))
    if METHODS[name][0] == "choose":
        assert loaded == model(name)
        return
    same_answer(METHODS[name][0], model(name), loaded)


def same_answer(role, one, other):
    queries, candidates = questions(), hydrated(questions(), found())
    if role == "retrieve":
        before, after = one.retrieve(queries, 30), other.retrieve(queries, 30)
        assert before.item.tolist() == after.item.tolist()
        np.testing.assert_array_equal(before.score, after.score)
    elif role == "columns":
        names = one.provides
        same_columns(dict(one.columns(names, queries, candidates)), dict(other.columns(names, queries, candidates)))
    elif role == "understand":
        before, after = one.rewrite(queries), other.rewrite(queries)
        assert (before.text, before.understood) == (after.text, after.understood)
        for may, still in zip(before.allowed, after.allowed, strict=True):
            np.testing.assert_array_equal(may, still)
    else:
        answer = "keep" if role == "filter" else "score"
        np.testing.assert_array_equal(getattr(one, answer)(queries, candidates), getattr(other, answer)(queries, candidates))
