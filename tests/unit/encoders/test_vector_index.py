"""Every kind of vector index finds what multiplying everything finds, nearly always."""

import numpy as np
import pytest

from ronghe.methods.encoders.vector_index import KINDS, VectorIndex

APPROXIMATE = [kind for kind in KINDS if kind != "exact"]


def clustered(rows, dim=32, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows // 20 + 1, dim))[rng.integers(rows // 20 + 1, size=rows)] + 0.5 * rng.normal(size=(rows, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("kind", APPROXIMATE)
@pytest.mark.parametrize("rows", [3, 300, 4_000])
def test_the_ten_nearest_are_among_a_hundred_candidates(kind, rows):
    vectors = clustered(rows)
    index = VectorIndex.of(kind, vectors)
    asked = vectors[:: max(rows // 40, 1)]
    truth = np.argsort(-(asked @ vectors.T), axis=1)[:, :10]
    found = index.nearest(asked, 100)
    recall = np.mean([len(set(t) & set(f)) / len(t) for t, f in zip(truth.tolist(), found.tolist(), strict=True)])
    assert recall > 0.95
    assert found.max() < rows


@pytest.mark.parametrize("kind", APPROXIMATE)
def test_the_bytes_are_the_same_every_time_and_are_all_there_is(kind):
    vectors = clustered(1_500)
    one, other = VectorIndex.of(kind, vectors), VectorIndex.of(kind, vectors)
    np.testing.assert_array_equal(one.data, other.data)
    again = VectorIndex(kind, one.data.copy(), one.size, one.dim)
    np.testing.assert_array_equal(again.nearest(vectors[:5], 20), one.nearest(vectors[:5], 20))


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_of_nothing_is_exact(kind):
    assert VectorIndex.of(kind, np.zeros((0, 8), dtype=np.float32)).is_exact
