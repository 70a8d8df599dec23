"""Smaller encoders: layers and heads that go, teaching back, narrow vectors, and the best that a budget allows."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.cost.choice import Measured, chosen, typed_like, variants_in
from ronghe.methods.encoders.cost.distilling import Lesson, distilled
from ronghe.methods.encoders.cost.making import Plan, Variant, make, narrow, parity
from ronghe.methods.encoders.cost.pruning import importance, with_layers, without_heads
from ronghe.methods.encoders.folder import FolderEncoder
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint, opened
from ronghe.methods.encoders.tuning.export import exported
from ronghe.methods.encoders.tuning.tower import read
from tiny_shop import tiny_shop
from tiny_transformer import tiny_bert, tiny_gpt

TEXTS = tiny_shop().catalog.title


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Checkpoint:
    return opened(str(tiny_bert(tmp_path_factory.mktemp("bert"))))


def test_a_network_with_all_of_its_layers_says_the_same_and_one_with_fewer_does_not(teacher):
    whole, half = (replace(teacher, network=with_layers(teacher.network, layers)) for layers in (2, 1))
    np.testing.assert_array_equal(read(whole, TEXTS), read(teacher, TEXTS))
    assert np.abs(read(half, TEXTS) - read(teacher, TEXTS)).max() > 0.001
    assert len(teacher.network.encoder.layer) == 2


def test_a_head_that_says_nothing_is_the_least_important_and_its_loss_changes_nothing(teacher):
    network = with_layers(teacher.network, 2)
    for layer in network.encoder.layer:
        layer.attention.output.dense.weight.data[:, 16:] = 0.0  # what the second head of each layer says is not heard
    mute = replace(teacher, network=network)
    important = importance(mute, TEXTS[:40], np.random.default_rng(0))
    assert (important[:, 0] > important[:, 1]).all()
    pruned = replace(teacher, network=without_heads(network, important, 0.5))
    assert [layer.attention.self.query.out_features for layer in pruned.network.encoder.layer] == [16, 16]
    np.testing.assert_allclose(read(pruned, TEXTS), read(mute, TEXTS), atol=1e-5)


def test_each_layer_keeps_a_head(teacher):
    small = without_heads(teacher.network, np.array([[0.1, 0.2], [0.8, 0.9]]), 0.75)
    assert [layer.attention.self.num_attention_heads for layer in small.encoder.layer] == [1, 1]


def test_teaching_back_brings_a_smaller_network_nearer_to_its_teacher(teacher):
    student, said = replace(teacher, network=with_layers(teacher.network, 1)), read(teacher, TEXTS)
    learnt = distilled(student, TEXTS, said, Lesson(rate=3e-3, batch=16, rounds=6), Local())
    before, after = (1 - (read(one, TEXTS) * said).sum(axis=1).mean() for one in (student, learnt))
    assert after < before / 2


def test_narrow_vectors_keep_the_cosines_of_texts_that_lie_in_few_directions():
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(50, 4)) @ rng.normal(size=(4, 32))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    short = vectors @ narrow(vectors, 4)
    np.testing.assert_allclose(short @ short.T, vectors @ vectors.T, atol=1e-5)


def test_the_graph_of_a_variant_says_what_its_network_says(teacher):
    assert parity(Variant(Plan(), teacher), TEXTS, read(teacher, TEXTS)) > 0.9999


def test_a_network_of_the_gpt_kind_is_refused(tmp_path):
    with pytest.raises(BadRecipe, match="BERT"):
        with_layers(opened(str(tiny_gpt(tmp_path))).network, 1)


@pytest.mark.parametrize(
    ("budget", "name"), [(9.0, ""), (2.0, "narrow"), (1.0, "small"), (0.1, "small")], ids=["all fit", "one", "few", "none"]
)
def test_the_best_that_fits_is_chosen_and_the_fastest_where_none_does(budget, name):
    figures = [Measured("", 1.0, 4.0), Measured("narrow", 0.98, 1.9), Measured("slow", 0.98, 2.0), Measured("small", 0.8, 0.5)]
    choice = chosen(figures, budget)
    assert choice.name == name
    assert choice.fits == (budget > 0.5)
    assert choice == chosen(figures[::-1], budget) or choice.among != chosen(figures[::-1], budget).among


def test_a_shop_reads_through_the_variant_that_its_budget_allows_and_says_so(teacher, tmp_path):
    folder = tmp_path / "encoder"
    exported(teacher, folder)
    found = make(teacher, TEXTS, TEXTS[:20], (Plan(layers=1), Plan(width=8)), folder, Lesson(batch=64), Local())
    assert variants_in(folder) == {"": 1.0} | {name: round(quality, 4) for name, quality in found.items()}
    free, tight = (Semantic(encoder=str(folder), budget_ms=budget).fit(tiny_shop(), Local()) for budget in (10_000.0, 1e-6))
    assert free.choice.name == ""
    assert free.learner.encoder == str(folder)
    assert tight.choice.name in found or tight.choice.name == ""
    assert not tight.choice.fits
    assert {one.name for one in tight.choice.among} == {"", *found}
    assert tight.vectors.shape[1] == FolderEncoder(tight.learner.encoder).dim
    assert Semantic(encoder=str(folder)).fit(tiny_shop(), Local()).choice is None
    assert len(Semantic(encoder=str(folder), budget_ms=1.0).stamp) > len(Semantic(encoder=str(folder)).stamp) > 0


def test_a_variant_without_a_figure_comes_last_and_a_wrong_figure_is_named(tmp_path):
    (tmp_path / "variants" / "mine").mkdir(parents=True)
    assert variants_in(tmp_path) == {"": 1.0, "mine": 0.0}
    (tmp_path / "variants" / "mine" / "variant.json").write_text(json.dumps({"quality": 7}))
    with pytest.raises(BadRecipe, match="quality 7"):
        variants_in(tmp_path)


def test_probes_are_as_long_as_what_is_typed():
    assert max(len(text.split()) for text in typed_like(TEXTS)) == 4
    assert typed_like([]) == ["a"]
