"""Pairs: what is asked and answered, in words, by purchases; what may not count as wrong; what is hard."""

import numpy as np
import pytest

from ronghe.core.errors import BadRecipe, NotReady
from ronghe.methods.encoders.tuning.alike import Alike
from ronghe.methods.encoders.tuning.augment import put_otherwise
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.lesson import lesson_of
from ronghe.methods.encoders.tuning.made import made_queries
from ronghe.methods.encoders.tuning.mining import bags, batches, hard
from ronghe.methods.encoders.tuning.pairs import KINDS, pairs_of
from tiny_shop import tiny_shop

SAYS = ("title", "category")


def of(*kinds: str, **given):
    return pairs_of(tiny_shop(), kinds, SAYS, 200, 0, given.get("typed"))


def test_what_was_typed_stands_with_what_answered_it():
    pairs = of("query", typed={"crimson light": [0, 40], "nothing here": [-1, 9999]})
    assert pairs.asked == ("crimson light", "crimson light")
    assert pairs.item.tolist() == [0, 40]
    assert pairs.answer[0] == "red lamp a0 16 gb. Things, lamp"


def test_titles_and_descriptions_stand_for_each_other():
    pairs = of("title")
    assert len(pairs) == 200
    assert {("red lamp a0 16 gb", "the lamp of red"), ("the lamp of red", "red lamp a0 16 gb")} & set(
        zip(pairs.asked, pairs.answer, strict=True)
    )


def test_who_bought_a_lamp_bought_a_chair_of_its_colour_then():
    for kind in ("together", "next"):
        pairs = of(kind)
        assert len(pairs) == 30
        for asked, answer in zip(pairs.asked, pairs.answer, strict=True):
            assert "lamp" in asked
            assert "chair" in answer
            assert asked.split()[0] == answer.split()[0]


def test_queries_are_made_of_words_that_several_titles_say():
    catalog = tiny_shop().catalog
    asked, item = made_queries(catalog, 300, np.random.default_rng(0))
    assert len(asked) > 200
    for text, at in zip(asked, item.tolist(), strict=True):
        row = catalog.row(at)
        said = f"{row['title']} {row['category']} {row['brand']}".lower()
        assert set(text.split()) <= set(said.replace(">", " ").split())
        assert text.strip()


def test_the_same_seed_makes_the_same_pairs():
    one, other = of(*KINDS), of(*KINDS)
    assert one.asked == other.asked
    assert np.array_equal(one.item, other.item)


def test_a_kind_that_is_none_is_told():
    with pytest.raises(BadRecipe, match="made"):
        of("clicks")
    with pytest.raises(BadRecipe, match="facts"):
        Course(kinds=("clicks",))


def test_an_answer_that_says_what_is_asked_is_not_wrong():
    pairs = of("query", typed={"red lamp": [0], "blue": [8], "something warm": [0, 3]})
    mask = Alike.of(pairs, tiny_shop().catalog).mask(range(len(pairs)), range(len(pairs)))
    row = {text: at for at, text in enumerate(pairs.asked)}
    assert mask[row["red lamp"], row["red lamp"]]  # what it says itself
    assert not mask[row["red lamp"], row["blue"]]
    assert not mask[row["blue"], row["red lamp"]]
    first, second = (at for at, text in enumerate(pairs.asked) if text == "something warm")
    assert mask[first, second]  # both answer the same question


def test_hard_negatives_are_near_and_wrong():
    pairs = of("query", typed={f"{colour} lamp": [at * 8] for at, colour in enumerate(("red", "blue", "green", "black"))})
    pairs += of("query", typed={"chair": [35]})
    alike = Alike.of(pairs, tiny_shop().catalog)
    answers, number = bags(pairs.answer)
    found = hard(bags(pairs.asked, number)[0], answers, alike, 2, 1.0, np.random.default_rng(0))
    assert found.shape == (5, 2)
    for at in range(4):
        assert at not in found[at]
        assert 4 not in found[at]  # other lamps are nearer than the chair
        assert set(found[at].tolist()) <= {0, 1, 2, 3, -1}


def test_neighbours_go_into_a_batch_together_and_every_pair_comes_once():
    pairs = of("facts")
    vectors, _ = bags(pairs.answer)
    found = list(batches(vectors, 8, 4, np.random.default_rng(0)))
    rows = np.concatenate(found)
    assert sorted(rows.tolist()) == list(range(len(pairs)))
    product = np.asarray((vectors @ vectors.T).todense())
    within = np.mean([product[np.ix_(b, b)].mean() for b in found])
    chance = np.mean([product[np.ix_(b, b)].mean() for b in batches(vectors, 8, 1, np.random.default_rng(0))])
    assert within > chance


def test_no_item_and_no_question_of_those_that_judge_is_learnt():
    data = tiny_shop()
    lesson = lesson_of(of("made", "facts"), data.catalog, Course(kinds=("made",), batch=8, held=0.2), 0)
    assert len(lesson.judged) > 5
    assert not set(lesson.pairs.item.tolist()) & set(lesson.judged.item.tolist())
    assert not set(lesson.pairs.asked) & set(lesson.judged.asked)
    assert lesson.pool[: len(lesson.judged)] == lesson.judged.answer
    assert lesson.apart.shape == (len(lesson.judged), len(lesson.pool))


def test_too_little_to_learn_from_is_told():
    with pytest.raises(NotReady, match="a batch holds"):
        lesson_of(of("together").take(np.arange(3)), tiny_shop().catalog, Course(), 0)


def test_a_teacher_says_how_far_right_and_wrong_lie_apart():
    asked: list[str] = []

    def teacher(texts, item):
        asked.extend(texts)
        return np.array([len(text) + 10.0 * at for text, at in zip(texts, item.tolist(), strict=True)], dtype=np.float32)

    course = Course(batch=8, negatives=1, teach=1.0)
    lesson = lesson_of(of("made"), tiny_shop().catalog, course, 0, teacher)
    known = lesson.wrong[:, 0] >= 0
    gap = lesson.pairs.item[known] - lesson.pairs.item[lesson.wrong[known, 0]]
    assert asked
    assert np.allclose(lesson.margin[known] * np.std(10.0 * gap), 10.0 * gap, atol=1e-2)
    assert np.isnan(lesson.margin[~known]).all()


def test_what_is_put_otherwise_has_one_change_and_keeps_its_first_letters():
    rng = np.random.default_rng(0)
    assert put_otherwise("wireless headset", rng, 0.0) == "wireless headset"
    said = {put_otherwise("wireless headset", rng, 1.0) for _ in range(200)}
    assert {"wireless", "headset", "wirelessheadset"} <= said
    assert any(" " in text and text.replace(" ", "") == "wirelessheadset" and text != "wireless headset" for text in said)
    assert len(said) > 20
    assert all(put_otherwise(text, rng, 1.0) is not None for text in ("", "a", "tv", "16 gb"))
