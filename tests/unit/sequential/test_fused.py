"""Two voices in one: each is heard where it is right, weights come from what was held out, a recipe names the parts."""

import numpy as np
import pytest

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.engine.recipe import Recipe
from ronghe.methods.sequential.fused import FusedSequence
from ronghe.methods.sequential.hstu import HSTU
from ronghe.methods.sequential.lines import Lines
from ronghe.methods.sequential.neural import NeuralModel
from ronghe.methods.sequential.next_item import NextItem
from ronghe.methods.sequential.rising import rising
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.weighing import EDGES, ENOUGH, RISES, WEIGHTS, Trial, Weights, hold_out, weights_of, with_rises

SMALL = SASRec(dim=8, epochs=2, held=0.0, batch=64)


def trial(right_is_network: bool, count: int, steps: int) -> Trial:
    """Steps of which one voice knows the next item and the other swears by another."""
    closed, odds = np.full((count, 30), 0.01, np.float32), np.full((count, 30), 0.01, np.float32)
    right, wrong = (odds, closed) if right_is_network else (closed, odds)
    right[:, 3], wrong[:, 4:20] = 0.5, 0.9
    return Trial.of_pairs(closed, odds, np.full(count, 3), np.full(count, steps))


def test_the_voice_that_is_right_gets_the_weight():
    network, closed = (weights_of(trial(knows, 2000, 1).best()) for knows in (True, False))
    assert network.weight[0] == max(WEIGHTS)
    assert closed.weight[0] == 0


def test_each_length_of_history_has_weights_of_its_own_when_it_has_enough_steps():
    chosen = weights_of(Trial.stacked([trial(True, 10 * ENOUGH, 1), trial(False, 10 * ENOUGH, 20)]).best())
    assert chosen.weight[0] > chosen.weight[-1] == 0
    few = weights_of(Trial.stacked([trial(True, 10 * ENOUGH, 1), trial(False, ENOUGH // 3, 20)]).best())
    assert few.weight[0] == few.weight[-1]


def test_weights_change_at_the_edges():
    weights = Weights(np.zeros(len(EDGES) + 1, np.float32), np.arange(len(EDGES) + 1, dtype=np.float32))
    half = np.full((len(EDGES) + 1, 1), 0.5, np.float32)
    steps = np.array([EDGES[0], *[edge + 1 for edge in EDGES]])
    np.testing.assert_allclose(
        weights.joined(half, half, np.zeros(1, np.float32), steps).ravel(), 0.5 * 0.5 ** np.arange(len(EDGES) + 1)
    )


def test_what_stands_at_the_ends_of_lines_comes_up():
    splits, column = np.array([0, 40, 80, 80]), np.concatenate([np.repeat([0, 1], 20), np.repeat([2, 1], 20)])
    up = rising(Lines(splits, column, np.zeros(80)), 4)
    assert up[1] > 0 > up[0]
    assert up[0] == pytest.approx(up[2])
    assert up[3] == 0, "of what nobody took nothing is known"
    assert rising(Lines(np.zeros(3, np.int64), np.zeros(0, np.int64), np.zeros(0)), 2).tolist() == [0, 0]


def test_what_comes_up_counts_where_it_is_what_came():
    score, up = np.full((2000, 30), 0.5, np.float32), np.linspace(0.1, 1.0, 30, dtype=np.float32)
    score[:, 29] = 0.4
    steps = np.full(2000, 3)
    lately = with_rises(Weights.even(), Trial.of_rises(score, up, np.full(2000, 29), steps).best())
    assert lately.rise[1] > 0
    never = with_rises(Weights.even(), Trial.of_rises(score, -up, np.full(2000, 28), steps).best())
    assert never.rise[1] == min(RISES)
    half = np.full((1, 30), 0.5, np.float32)
    assert np.argmax(lately.joined(half, half, up, np.array([3]))) == 29


def test_where_the_network_is_silent_the_closed_form_speaks():
    data = ring()
    closed = NextItem(l2=1.0, asked=1.5).fit(data, Local())
    model = FusedSequence(network=SMALL).voices(data, Local())
    mute = NeuralModel(model.networks[0].known, model.networks[0].table, np.zeros(0, np.uint8), 50)
    alone = type(model)(closed, (mute,), Weights.even())
    assert alone.retrieve(after(2, 3), 12).item.tolist() == closed.retrieve(after(2, 3), 12).item.tolist()


def test_a_closed_form_over_fewer_items_than_the_network_is_no_error():
    model = FusedSequence(closed=NextItem(items=5), network=SMALL).fit(ring(), Local(seed=2))
    assert len(model.closed.known.items) == 5
    assert len(model.retrieve(after(2, 3), 12).item) == 12


def test_what_is_held_out_is_the_last_wish_and_nobody_knows_it():
    data = ring(12, 60, 6)
    kept, asked, came = hold_out(data, 0.5, 1000, np.random.default_rng(0))
    assert len(asked) == 30
    assert len(kept.events) == len(data.events) - 30
    assert ((asked.history.item[asked.history.splits[1:] - 1] + 1) % 12 == came).all()


def test_members_are_of_two_kinds_in_turn_and_speak_as_one():
    model = FusedSequence(network=SMALL, other=HSTU(dim=8), members=3).fit(ring(), Local(seed=1))
    first, second, third = (member.table for member in model.networks)
    assert not np.allclose(first, third), "the same kind again has a seed of its own"
    assert first.shape == second.shape
    assert model.networks[1].graph.tobytes() != model.networks[2].graph.tobytes()
    assert best(model, after(4, 5)) == 6


def test_a_recipe_names_the_settings_of_the_parts():
    parts = "members = 2, network = {{ {} }}, closed = {{ l2 = 7.0 }}"
    rest = '[surface.home]\nretrieve = ["fused-sequence"]\nfilter = []\n[choose.best]\n'
    text = "[retrieve]\nfused-sequence = {{ " + parts + " }}\n" + rest
    learner = Recipe.parse(text.format("dim = 32")).parts["retrieve"]["fused-sequence"].learner
    assert (learner.members, learner.network.dim, learner.closed.l2) == (2, 32, 7.0)
    with pytest.raises(BadRecipe, match="dropout"):
        Recipe.parse(text.format("dropout = 2.0"))
