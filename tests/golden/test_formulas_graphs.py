"""Graph filters and few-neighbour regressions against their papers' formulas, worked out dense."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.compute.local import Local
from ronghe.methods.collaborative.bspm import BSPM
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.gf_cf import GFCF
from ronghe.methods.collaborative.rp3beta import RP3beta
from ronghe.methods.collaborative.sparse_ease import SparseEASE
from ronghe.methods.collaborative.spectral import low_pass
from ronghe.methods.collaborative.turbo_cf import TurboCF
from worlds import asked_by, corner_shop

PLAIN = {"half_life": float("inf"), "power": 0.0, "least": 1}
HERE = Local(seed=2)


def table(model) -> np.ndarray:
    """Who liked what in the corner shop (shoppers, n), as the model reads it."""
    data = corner_shop()
    liking = model.taste.asked(asked_by(data, range(data.users))).toarray().astype(np.float64)
    assert set(np.unique(liking)) == {0, 1}
    return liking


def off_diagonal(square: np.ndarray) -> np.ndarray:
    return square * (1 - np.eye(len(square)))


def test_sparse_ease_with_all_neighbours_and_no_damping_is_ease():
    data = corner_shop()
    whole = EASE(l2=3.0, keep=1000, **PLAIN).fit(data, HERE)
    liking = table(whole)
    l2 = 3.0 / (liking**2).sum(axis=0).mean()  # sparse-ease counts it in squared lengths of the average item
    few = SparseEASE(l2=l2, neighbours=1000, shopper_damp=0.0, item_damp=0.0, **PLAIN).fit(data, HERE)
    near = (liking.T @ liking > 0).all(axis=0)  # columns that share a shopper with every other: no neighbour is left out
    assert near.any()
    np.testing.assert_allclose(few.weight.toarray()[:, near], whole.weight.toarray()[:, near], atol=2e-3)


def test_rp3beta_is_a_walk_over_shoppers():
    # Paudel et al. 2017: p(i -> u)^alpha p(u -> j)^alpha summed over u, over |j| ** beta
    model = RP3beta(alpha=0.7, beta=0.4, keep=1000, **PLAIN).fit(corner_shop(), HERE)
    liking = table(model)
    to_shopper, to_item = (liking / liking.sum(axis=0)).T ** 0.7, (liking.T / liking.sum(axis=1)).T ** 0.7
    walked = to_shopper @ to_item / liking.sum(axis=0) ** 0.4
    np.testing.assert_allclose(model.weight.toarray(), off_diagonal(walked), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("order", [1, 2])
def test_turbo_cf_is_a_polynomial_of_the_raised_graph(order):
    # Park, Shin & Shin 2024: P = (R'R) ** s elementwise, R = D_U^-alpha L D_I^(alpha - 1); P, or 2 P - P P
    model = TurboCF(alpha=0.6, power_graph=0.8, order=order, keep=1000, **PLAIN).fit(corner_shop(), HERE)
    liking = table(model)
    scaled = liking / liking.sum(axis=1, keepdims=True) ** 0.6 / liking.sum(axis=0) ** 0.4
    graph = (scaled.T @ scaled) ** 0.8
    graph = graph if order == 1 else 2 * graph - graph @ graph
    np.testing.assert_allclose(model.weight.toarray(), off_diagonal(graph), rtol=1e-3, atol=1e-5)


def test_gf_cf_is_the_normalised_graph_and_its_ideal_low_pass():
    # Shen et al. 2021, eq. 10: R~'R~ + alpha D_I^-1/2 U U' D_I^1/2, the graph without its diagonal here
    model = GFCF(low=0.3, rank=5, keep=1000, **PLAIN).fit(corner_shop(), HERE)
    liking = table(model)
    by_item = np.sqrt(liking.sum(axis=0))
    normal = liking / np.sqrt(liking.sum(axis=1, keepdims=True)) / by_item
    vectors = np.linalg.svd(normal)[2][:5].T
    low = 0.3 * (vectors @ vectors.T) / by_item[:, None] * by_item
    np.testing.assert_allclose(model.weight.toarray(), off_diagonal(normal.T @ normal), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(model.into @ model.onto.T, low, atol=2e-3)


@pytest.mark.parametrize(("solver", "steps"), [("rk4", 1), ("rk4", 3), ("euler", 2)])
def test_bspm_sharpens_what_the_graph_and_its_low_pass_have_blurred(solver, steps):
    # Choi et al. 2023: blurred = taste (P + low L), then steps of dx/dt = -x P; exact along the strongest directions and for L
    model = BSPM(low=0.2, time=1.5, steps=steps, solver=solver, rank=5, keep=1000, **PLAIN).fit(corner_shop(), HERE)
    liking = table(model)
    by_item = np.sqrt(liking.sum(axis=0))
    normal = liking / np.sqrt(liking.sum(axis=1, keepdims=True)) / by_item
    graph = normal.T @ normal
    strong = np.linalg.svd(normal)[2][:5].T
    h, step = 1.5 / steps, np.eye(len(graph))
    for term in range(1, 5 if solver == "rk4" else 2):
        step = step + np.linalg.matrix_power(-h * graph, term) / math.factorial(term)
    sharp = np.linalg.matrix_power(step, steps)
    low = (strong @ strong.T) / by_item[:, None] * by_item
    found = model.weight.toarray() + model.into @ model.onto.T
    found += np.diag(np.diag(graph)) * model.weight.toarray()[0, 1] / graph[0, 1]  # the diagonal that the weights leave out
    wanted = (graph + 0.2 * low) @ sharp
    np.testing.assert_allclose(strong.T @ found @ strong, strong.T @ wanted @ strong, atol=5e-3)


def test_bspm_without_sharpening_is_gf_cf():
    settings = {"low": 0.3, "rank": 5, "keep": 1000, **PLAIN}
    one, other = BSPM(time=0.0, **settings).fit(corner_shop(), HERE), GFCF(**settings).fit(corner_shop(), HERE)
    np.testing.assert_allclose(one.weight.toarray(), other.weight.toarray(), atol=1e-6)
    np.testing.assert_allclose(one.into @ one.onto.T, other.into @ other.onto.T, atol=1e-5)


def test_a_filter_never_lets_everything_through():
    liking = sp.csr_matrix(np.eye(8, dtype=np.float32))
    into, onto = low_pass(liking, 256, np.random.default_rng(0))
    assert into.shape == onto.shape == (8, 2)
