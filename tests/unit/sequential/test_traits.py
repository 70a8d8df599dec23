"""What items have in common, and that it speaks for things nobody bought yet."""

import numpy as np

from in_order import after, best
from ronghe.compute.local import Local
from ronghe.core.events import KIND
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.sequential.next_item import NextItem
from ronghe.methods.traits import traits
from worlds import catalog, shop

COLOURS = ("red", "blue", "green", "black", "white", "grey")
LOOKS = [{"title": f"{colour} thing", "brand": colour, "category": f"All > {colour}"} for colour in COLOURS for _ in range(3)]


def test_a_trait_of_one_item_or_of_everybody_is_none():
    said = [{"title": "oak chair", "attributes": '{"tags": ["wood", 7], "only": "mine"}'}, {"attributes": '{"tags": ["wood", 7]}'}]
    found = traits(catalog([*said, *[{"title": f"lamp {n}"} for n in "abcdefgh"]]), np.arange(10))
    assert found.shape == (10, 2)  # wood, 7; not oak, not lamp
    assert found[:2].sum() == 4


def bought(*users_and_items):
    return [{"kind": KIND["purchase"], "user": u, "item": i, "time": 1.0 + u, "session": u} for u, i in users_and_items]


def test_an_item_that_nobody_bought_after_another_is_found_by_what_it_is():
    data = shop(LOOKS, bought(*[(user, user) for user in range(18)]))
    model = NextItem(l2=0.1).fit(data, Local())
    assert set(model.retrieve(after(0), 10).item.tolist()) == {1, 2}
    assert best(model, after(4)) in (3, 5)
    assert model.retrieve(after(0), 10).counts.tolist() == [2]
    assert NextItem(l2=0.1, traits=0.0).fit(data, Local()).retrieve(after(0), 10).counts.tolist() == [0]


def test_a_saved_model_is_arrays_and_says_the_same(tmp_path):
    model = NextItem(l2=1.0).fit(shop(LOOKS, bought(*[(user, user) for user in range(18)])), Local())
    save_model(model, tmp_path / "model")
    assert load_model(tmp_path / "model").retrieve(after(0), 5).item.tolist() == model.retrieve(after(0), 5).item.tolist()
