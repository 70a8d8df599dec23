"""Where item vectors start: near those of items that follow each other, share traits, or are alike by another method's vectors."""

import numpy as np
import pytest

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.methods.alike import GIVES, vectors_of
from ronghe.methods.sequential.lines import Known, Lines
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.vectors import starting_vectors
from worlds import corner_shop

SMALL = {"dim": 16, "dropout": 0.1, "rate": 0.01, "epochs": 30, "held": 0.0, "batch": 64}
NOBODY = Lines(np.zeros(2, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))  # one shopper who did nothing


@pytest.mark.parametrize("name", GIVES)
def test_a_method_gives_a_vector_of_length_one_or_none_for_each_item(name):
    data = corner_shop()
    found = vectors_of(name, data, np.array([3, len(data.catalog) + 5, 7]), Local(seed=1))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 0, 1], atol=1e-3)


def test_items_alike_by_the_vectors_of_another_method_start_near_each_other():
    groups = np.repeat(np.eye(4, dtype=np.float32), 3, axis=0)  # items 0 1 2 are alike, 3 4 5 ...
    start = starting_vectors(ring(), Known(np.arange(12)), NOBODY, 8, 1.0, np.random.default_rng(0), groups)
    cosine = start @ start.T
    assert cosine[0, 1] > 0.9
    assert abs(cosine[0, 3]) < 0.5


def test_items_with_the_same_attribute_start_near_each_other_and_others_do_not():
    data = ring(30, looks=[{"title": "", "attributes": f'{{"of": [{n // 3}]}}'} for n in range(30)])
    shared, random = (starting_vectors(data, Known(np.arange(30)), NOBODY, 12, w, np.random.default_rng(0)) for w in (1.0, 0.0))
    assert shared[0] @ shared[1] > 0.9
    assert abs(shared[0] @ shared[3]) < 0.5
    assert random[0] @ random[1] < 0.9


@pytest.mark.parametrize("name", ["semantic", "lightgcn"])
def test_a_network_learns_from_text_or_from_a_graph(name):
    pytest.importorskip("torch")
    model = SASRec(**SMALL, vectors=name).fit(ring(), Local(seed=1))
    assert sum(best(model, after(n, n + 1)) == n + 2 for n in range(9)) >= 8


def test_a_method_without_vectors_is_told_those_that_have_some():
    with pytest.raises(BadRecipe, match="semantic"):
        SASRec(vectors="popular")
