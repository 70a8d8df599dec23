"""Nearest vectors, roughly: candidates for an exact look, out of an index of one of several kinds."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadRecipe

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
MANY, HUGE = 5_000, 200_000  # vectors above which "auto" is "hnsw", and "ivf"
Nearest = Callable[[Vectors, int], Rows]  # queries (queries, dim), how many -> rows (queries, how many), -1 = none
Build = Callable[[Vectors], NDArray[np.uint8]]
Open = Callable[[NDArray[np.uint8], int], Nearest]


@dataclass(frozen=True, eq=False)
class VectorIndex:
    """kind: a key of KINDS · data: the index as bytes · size: vectors in it · dim: their width.

    What it names are candidates: whoever asks multiplies them exactly, so that scores do not depend on the kind.
    """

    kind: str
    data: NDArray[np.uint8]
    size: int
    dim: int

    @staticmethod
    def of(kind: str, vectors: Vectors) -> "VectorIndex":
        """An index of unit vectors (rows, dim). kind: of KINDS, or "auto": what suits so many."""
        kind = "exact" if not len(vectors) else auto(len(vectors)) if kind == "auto" else kind
        build = KINDS[kind][0]
        return VectorIndex(kind, build(np.ascontiguousarray(vectors, dtype=np.float32)), len(vectors), vectors.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether there is nothing to ask: every vector is multiplied."""
        return self.kind == "exact"

    def nearest(self, queries: Vectors, k: int) -> Rows:
        """Rows of about the k largest inner products of each query, in no particular order; -1 where there are fewer."""
        return self._ask(np.ascontiguousarray(queries, dtype=np.float32), min(k, self.size))

    @cached_property
    def _ask(self) -> Nearest:
        return KINDS[self.kind][1](self.data, self.dim)


def auto(size: int) -> str:
    """The kind of index that suits so many vectors: exact reads them all, hnsw a few hundred, ivf is built soonest."""
    return "ivf" if size > HUGE else "hnsw" if size > MANY else "exact"


def check_kind(setting: str, kind: str) -> None:
    """BadRecipe, which names the setting, unless an index of this kind can be made."""
    if kind != "auto" and kind not in KINDS:
        raise BadRecipe(f"{setting} is {kind!r}; right would be one of auto, {', '.join(KINDS)}")


def _nothing(vectors: Vectors) -> NDArray[np.uint8]:
    return np.zeros(0, dtype=np.uint8)


def _not_asked(data: NDArray[np.uint8], dim: int) -> Nearest:
    raise ValueError("an exact index holds nothing; multiply all vectors")


def _hnsw(vectors: Vectors) -> NDArray[np.uint8]:
    """A graph of near neighbours (Malkov & Yashunin 2016, arXiv:1603.09320) over 8-bit vectors."""
    faiss = _faiss()
    index = faiss.IndexHNSWSQ(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, 24, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 80
    return _filled(index, vectors)


def _ivf(vectors: Vectors) -> NDArray[np.uint8]:
    """Cells (Sivic & Zisserman 2003) of product-quantised vectors (Jégou 2011), compared by table look-ups in registers."""
    faiss = _faiss()
    dim, cells = vectors.shape[1], max(1, min(int(2 * len(vectors) ** 0.5), len(vectors) // 39))
    if len(vectors) < 1_000 or dim % 2:  # too few to learn cells from
        return _filled(faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT), vectors)
    return _filled(faiss.index_factory(dim, f"IVF{cells},PQ{dim // 2}x4fs", faiss.METRIC_INNER_PRODUCT), vectors)


def _lsh(vectors: Vectors) -> NDArray[np.uint8]:
    """Signs of random projections (Charikar 2002, doi:10.1145/509907.509965), compared by Hamming distance."""
    return _filled(_faiss().IndexLSH(vectors.shape[1], 4 * vectors.shape[1]), vectors)


def _int8(vectors: Vectors) -> NDArray[np.uint8]:
    """All vectors in 8 bits a number, each number's range cut evenly; read from the first to the last."""
    faiss = _faiss()
    return _filled(faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT), vectors)


def _binary(vectors: Vectors) -> NDArray[np.uint8]:
    """The sign of each number alone, compared by Hamming distance (Salakhutdinov & Hinton 2009, doi:10.1016/j.ijar.2008.11.006)."""
    faiss = _faiss()
    return _filled(faiss.IndexLSH(vectors.shape[1], vectors.shape[1], False, False), vectors)  # neither turned nor trained


def _annoy(vectors: Vectors) -> NDArray[np.uint8]:
    """A forest of random hyperplane trees (the package annoy)."""
    from annoy import AnnoyIndex

    forest = AnnoyIndex(vectors.shape[1], "dot")
    forest.set_seed(1)
    for row, vector in enumerate(vectors):
        forest.add_item(row, vector)
    forest.build(40, n_jobs=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forest"
        forest.save(str(path))
        return np.fromfile(path, dtype=np.uint8)


def _filled(index: Any, vectors: Vectors) -> NDArray[np.uint8]:
    faiss = _faiss()
    faiss.omp_set_num_threads(1)  # the same bytes however many cores there are
    index.train(vectors)
    index.add(vectors)
    data: NDArray[np.uint8] = faiss.serialize_index(index)
    return data


def _opens(wider: int) -> Open:
    """Opens a faiss index that is asked for `wider` times as many as are wanted."""

    def opened(data: NDArray[np.uint8], dim: int) -> Nearest:
        faiss = _faiss()
        index = faiss.deserialize_index(data)

        def nearest(queries: Vectors, k: int) -> Rows:
            faiss.omp_set_num_threads(1)  # of this thread; a query is too small to share
            many = min(wider * k, index.ntotal)
            rows: Rows = index.search(queries, many, params=_params(index, many))[1]
            return rows

        return nearest

    return opened


def _params(index: Any, many: int) -> Any:
    faiss = _faiss()
    if isinstance(index, faiss.IndexHNSW):
        return faiss.SearchParametersHNSW(efSearch=max(many, 128))
    if isinstance(index, faiss.IndexIVF):
        return faiss.SearchParametersIVF(nprobe=max(index.nlist // 12, 8))
    return None


def _forest(data: NDArray[np.uint8], dim: int) -> Nearest:
    from annoy import AnnoyIndex

    forest = AnnoyIndex(dim, "dot")
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "forest"
    data.tofile(path)
    forest.load(str(path))  # mapped into memory, so the file may go
    folder.cleanup()

    def nearest(queries: Vectors, k: int) -> Rows:
        rows = np.full((len(queries), k), -1, dtype=np.int64)
        for at, query in enumerate(queries):
            found = forest.get_nns_by_vector(query, k, search_k=40 * max(k, 100))
            rows[at, : len(found)] = found
        return rows

    return nearest


def _faiss() -> Any:
    """The package faiss, loaded on first use; its type hints lack what is used here."""
    return import_module("faiss")


KINDS: dict[str, tuple[Build, Open]] = {
    "exact": (_nothing, _not_asked),
    "hnsw": (_hnsw, _opens(1)),
    "ivf": (_ivf, _opens(2)),
    "lsh": (_lsh, _opens(4)),
    "int8": (_int8, _opens(1)),
    "binary": (_binary, _opens(8)),
    "annoy": (_annoy, _forest),
}
